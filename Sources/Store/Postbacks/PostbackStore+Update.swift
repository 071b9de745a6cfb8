package import FunctionRuntime
package import JSON
package import Postbacks
import Postgres

/// What an update says of a postback.
package struct PostbackUpdate: Sendable {
    package let postbackID: Int
    package let goalID: Change<String>
    package let conversionStatus: ConversionStatus?
    package let request: RequestChanges
    package let isActive: Bool?
    package let sendsOvertaken: Bool?
    /// What waits for a retry is due at once when the request has changed.
    package let retriesNow: Bool
    /// A paused postback is to go on; what was held becomes due.
    package let resumes: Bool

    package init(_ fields: inout Fields) {
        postbackID = fields.required(
            "postbackId", .madeHere,
            "The postback. What is left out of the rest stays as it is; null clears what need not be there.")
        goalID = fields.change("goalId", .identifier, "Only conversions of this goal; null: of any.")
        let status = fields.change(
            "conversionStatus", .conversionStatus, canBeCleared: false,
            "It fires when a conversion comes into this status.")
        request = RequestChanges(&fields)
        isActive = fields.change("active", .boolean, "Whether it fires on new events; null: it does.").value(
            cleared: true)
        sendsOvertaken = fields.change(
            "sendOvertaken", .boolean,
            "Whether an event is sent also after a later one of its conversion was delivered; null: it is not."
        ).value(cleared: false)
        resumes = fields.optional(
            "resume", .boolean, default: false, "Ends a pause: what was held is sent, in order.")
        retriesNow = fields.optional(
            "retryNow", .boolean, default: true,
            "Whether what waits for a retry is due at once when URL, auth, params or headers change.")
        conversionStatus = if case .set(let status) = status { status } else { nil }
    }
}

extension Change {
    /// What is to be stored; nil for what stays.
    fileprivate func value(cleared: Value) -> Value? {
        switch self {
        case .keep: nil
        case .clear: cleared
        case .set(let value): value
        }
    }
}

extension PostbackStore {
    /// How often an update begins anew because somebody else's came in between.
    private static let repetitions = 5

    /// Changes a postback and raises its version. What it owes is sent by the new settings, and to where they lead.
    /// - Throws: `not_found`; `invalid_request` for what the fields are together; `conflict` for a goal while the offer's goals
    ///   are off (R3); `misconfigured` when there is a secret and no key to seal it, or to open it for another origin.
    package func update(_ update: PostbackUpdate) throws(FunctionError) -> SavedPostback {
        for _ in 0..<PostbackStore.repetitions {
            guard let old = try database.run([[.listPostback(update.postbackID)]])[0][0].first else {
                throw .unknownPostback(update.postbackID)
            }
            let before = old.template
            var template = before.changed(by: update.request)
            let faults = template.faults.map { Fault(Path.root.member($0.field), $0.message) }
            guard faults.isEmpty else { throw .invalidRequest(faults) }
            if case .set = update.goalID, old.text("offer_id") == nil {
                throw .invalidRequest("goalId", "needs one offer; this postback is for every offer")
            }
            let version = old.integer("version") ?? 0
            let moves = template.url.origin != before.url.origin
            if moves { template = try opened(template, of: update.postbackID, sealedFor: before.url.origin) }
            let rows = try database.run(
                .updatePostback, try parameters(update, template, moves: moves, version: version))
            guard let row = rows.first else { throw .unknownPostback(update.postbackID) }
            if row.integer("new_version") != nil { return try describe(update.postbackID) }
            if row.bool("goals_off") == true { throw .goalsAreOff }
            if row.bool("goal_unknown") == true { throw .unknownGoal }
        }
        throw FunctionError(.unavailable, "the postback keeps being changed by others; try again")
    }

    /// Deletes a postback and cancels what it owes; one that is deleted already stays as it is.
    /// - Returns: how many deliveries were cancelled.
    package func delete(_ postbackID: Int) throws(FunctionError) -> Int {
        let row = try database.run(.deletePostback, [.int(postbackID)]).first
        guard let row else { throw .unknownPostback(postbackID) }
        return row.integer("cancelled") ?? 0
    }

    /// The secrets that an update leaves as they are, to be sealed for another origin.
    private func opened(
        _ template: RequestTemplate, of postbackID: Int, sealedFor origin: String
    ) throws(FunctionError) -> RequestTemplate {
        do throws(RenderingError) {
            return try template.opened(of: postbackID, sealedFor: origin, with: keys)
        } catch .missingKey(let message) {
            throw FunctionError(.misconfigured, "the secrets must be sealed for the URL's new origin: \(message)")
        } catch {
            throw .invalidRequest(
                "url", "leads to another origin, for which \(error.message); give that secret anew, or clear it")
        }
    }

    /// - Parameter moves: the URL has another origin, for which all secrets are sealed anew.
    private func parameters(
        _ update: PostbackUpdate, _ template: RequestTemplate, moves: Bool, version: Int
    ) throws(FunctionError) -> [Parameter] {
        var setsGoal = true
        var goal: String?
        switch update.goalID {
        case .keep: setsGoal = false
        case .clear: break
        case .set(let id): goal = id
        }
        // What earlier versions stored in plain is sealed on this occasion.
        let setsParams =
            moves || update.request.setsRequestParams || keys != nil && template.requestParams.hasPlainSecrets
        var written = template
        if !setsParams { written.requestParams = .none }
        return [
            .int(update.postbackID), .int(version), .bool(setsGoal), .optional(goal),
            .optional(update.conversionStatus?.rawValue), .text(template.url.text), .text(template.httpType.rawValue),
            .text(template.url.origin),
        ] + (try requestParameters(written, id: update.postbackID)) + [
            update.isActive.map(Parameter.bool) ?? .null, .bool(update.resumes),
            .bool(moves || update.request.setsBasicAuth), .bool(moves || update.request.setsRequestHeaders),
            .bool(moves || update.request.setsSigningSecret),
            update.sendsOvertaken.map(Parameter.bool) ?? .null, .bool(update.retriesNow), .bool(setsParams),
        ]
    }
}

extension FunctionError {
    static func unknownPostback(_ id: Int) -> FunctionError {
        .notFound("postbackId", "there is no postback \(id), or it has been deleted")
    }

    static let goalsAreOff = FunctionError.conflict(
        "goalId", "cannot be set while the offer's goals are off; configureOffer turns them on")

    static let unknownGoal = FunctionError.notFound(
        "goalId", "the offer has no such goal; configureOffer adds it")
}
