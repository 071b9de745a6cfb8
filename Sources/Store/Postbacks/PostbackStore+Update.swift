package import Domain
package import FunctionRuntime
package import Input
package import JSON
import Postgres

/// The changes to one postback.
package struct PostbackUpdate: Sendable {
    package let postbackID: Int
    package let goalID: Change<String>
    package let conversionStatus: ConversionStatus?
    package let request: RequestChanges
    package let isActive: Bool?
    package let sendsOvertaken: Bool?
    /// Deliveries that wait for a retry become due at once if the request has changed.
    package let retriesNow: Bool
    /// Ends a pause; held deliveries become due.
    package let resumes: Bool

    package init(_ fields: inout Fields) {
        postbackID = fields.required(
            "postbackId", .assignedID,
            "The postback. Other fields that are left out stay as they are; null clears an optional field.")
        goalID = fields.change("goalId", .identifier, "Only conversions of this goal; null means every goal.")
        let status = fields.change(
            "conversionStatus", .conversionStatus, canBeCleared: false,
            "It fires when a conversion changes to this status.")
        request = RequestChanges(&fields)
        isActive = fields.change("active", .boolean, "Whether it fires on new events; null means yes.").value(
            cleared: true)
        sendsOvertaken = fields.change(
            "sendOvertaken", .boolean,
            "Whether an event is sent even if a later event of its conversion was delivered; null means no."
        ).value(cleared: false)
        resumes = fields.optional(
            "resume", .boolean, default: false, "Ends a pause: the held deliveries are sent, in order.")
        retriesNow = fields.optional(
            "retryNow", .boolean, default: true,
            "Whether deliveries that wait for a retry are due at once when URL, auth, params or headers change.")
        conversionStatus = if case .set(let status) = status { status } else { nil }
    }

    /// An update that leaves the condition and the receiver's part of the request as they are. A nil `url` or `isActive`
    /// keeps the stored value.
    init(_ postbackID: Int, url: PostbackURL?, isActive: Bool?, resumes: Bool) {
        self.postbackID = postbackID
        goalID = .keep
        conversionStatus = nil
        request = RequestChanges(url: url)
        self.isActive = isActive
        sendsOvertaken = nil
        retriesNow = true
        self.resumes = resumes
    }
}

extension Change {
    /// The value to store; nil keeps the stored one.
    fileprivate func value(cleared: Value) -> Value? {
        switch self {
        case .keep: nil
        case .clear: cleared
        case .set(let value): value
        }
    }
}

extension PostbackStore {
    /// How often an update is repeated because another one came in between.
    static let repetitions = 10

    /// Changes postbacks, all in one transaction, and raises their versions. The deliveries that they owe are sent with
    /// the new settings, and to the new destination.
    /// - Returns: for each the postback, or `not_found`; `invalid_request` for faults of the fields taken together;
    ///   `conflict` for a goal while the offer's goals are off (R3); `misconfigured` if there is a secret and no key to
    ///   seal it, or to open it for another origin.
    package func update(_ updates: [PostbackUpdate]) -> [Result<SavedPostback, FunctionError>] {
        var answers: [Result<SavedPostback, FunctionError>?] = updates.map { _ in nil }
        var remaining = Array(updates.indices)
        while !remaining.isEmpty {
            // Several updates of the same postback run one after the other, each on the result of the one before.
            var ids: Set<Int> = []
            let (now, later) = remaining.partitioned { ids.insert(updates[$0].postbackID).inserted }
            for (index, answer) in zip(now, describe(updateEach(now.map { updates[$0] }))) { answers[index] = answer }
            remaining = later
        }
        return answers.map { $0 ?? .failure(.internal) }
    }

    /// Updates postbacks of which no two are the same. An update that lost against a concurrent one is repeated alone,
    /// because a shorter transaction is less likely to lose again.
    /// - Returns: the id of each postback that was changed.
    private func updateEach(_ updates: [PostbackUpdate]) -> [Result<Int, FunctionError>] {
        zip(updates, attempt(updates)).map { update, answer in
            var answer = answer
            for _ in 0..<PostbackStore.repetitions where answer == nil { answer = attempt([update])[0] }
            return answer
                ?? .failure(
                    FunctionError(.unavailable, "the postback was changed by other calls at the same time; try again"))
        }
    }

    /// - Returns: the id of each postback that was changed; nil if another update came in between.
    private func attempt(_ updates: [PostbackUpdate]) -> [Result<Int, FunctionError>?] {
        var answers: [Result<Int, FunctionError>?] = updates.map { _ in nil }
        var changes: [(index: Int, line: UpdatePostbacks.Line)] = []
        for (index, prepared) in prepare(updates).enumerated() {
            switch prepared {
            case .success(let line): changes.append((index, line))
            case .failure(let error): answers[index] = .failure(error)
            }
        }
        if changes.isEmpty { return answers }
        let results = Batch(database: database).each(changes.map(\.line)) { batch throws(PostgresError) in
            var trip = RoundTrip()
            trip.add(LockPostbacks(ids: batch.map(\.update.postbackID)))
            let update = trip.append(UpdatePostbacks(lines: batch, isAllOrNone: false))
            return try database.transactions(trip)(update).map { .success($0) }
        }
        for ((index, _), result) in zip(changes, results) {
            switch result {
            case .success(let verdict): answers[index] = PostbackStore.answer(verdict, on: updates[index])
            case .failure(let error): answers[index] = .failure(error)
            }
        }
        return answers
    }

    /// The updates combined with the stored postbacks. They are valid as long as the versions stay the same.
    private func prepare(_ updates: [PostbackUpdate]) -> [Result<UpdatePostbacks.Line, FunctionError>] {
        do throws(FunctionError) {
            let ids = updates.map(\.postbackID)
            let stored = try database.run(ListPostbacks(ids: ids), planned: .anew).byID
            return updates.map { update in
                Result { () throws(FunctionError) in
                    guard let old = stored[update.postbackID] else { throw .unknownPostback(update.postbackID) }
                    return try prepare(update, old)
                }
            }
        } catch {
            return updates.map { _ in .failure(error) }
        }
    }

    func prepare(
        _ update: PostbackUpdate, _ old: StoredPostback
    ) throws(FunctionError) -> UpdatePostbacks.Line {
        let before = old.template
        var template = before.changed(by: update.request)
        let faults = template.faults.map { Fault(Path.root.member($0.field), $0.message) }
        guard faults.isEmpty else { throw .invalidRequest(faults) }
        if case .set = update.goalID, old.offer == nil {
            throw .invalidRequest("goalId", "needs one offer; this postback is for every offer")
        }
        let moves = template.url.origin != before.url.origin
        if moves { template = try opened(template, of: update.postbackID, sealedFor: before.url.origin) }
        return try line(update, template, moves: moves, version: old.version)
    }

    /// The result of an update; nil if another update came in between.
    private static func answer(
        _ verdict: UpdatePostbacks.Verdict, on update: PostbackUpdate
    ) -> Result<Int, FunctionError>? {
        switch verdict {
        case .changed: return .success(update.postbackID)
        case .isUnknown: return .failure(.unknownPostback(update.postbackID))
        case .goalsAreOff: return .failure(.goalsAreOff)
        case .goalIsUnknown(let offer):
            guard case .set(let goal) = update.goalID else { return nil }
            return .failure(.unknownGoal(goal, of: offer))
        case .isOutdated: return nil
        }
    }

    /// Deletes a postback and cancels what it owes; a postback that is already deleted does not change.
    /// - Returns: the number of deliveries that were cancelled.
    package func delete(_ postbackID: Int) throws(FunctionError) -> Int {
        var trip = RoundTrip()
        let deletion = trip.add(DeletePostback(postbackID: postbackID))
        let cancelling = trip.append(CancelDeliveries(of: postbackID))
        let answers = try database.run(trip)
        guard try answers.answer(deletion) else { throw .unknownPostback(postbackID) }
        return try answers.answer(cancelling)
    }

    /// Opens the secrets that an update keeps, so that they can be sealed for another origin.
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

    /// `moves` says whether the URL has another origin, for which all secrets are sealed anew.
    private func line(
        _ update: PostbackUpdate, _ template: RequestTemplate, moves: Bool, version: Int
    ) throws(FunctionError) -> UpdatePostbacks.Line {
        // Secrets in parameters that earlier versions stored in plain text are sealed on this occasion.
        let setsParams =
            moves || update.request.setsRequestParams || keys != nil && template.requestParams.hasPlainSecrets
        var written = template
        if !setsParams { written.requestParams = .none }
        return UpdatePostbacks.Line(
            update: update, version: version, url: template.url, httpType: template.httpType,
            request: try requestColumns(written, id: update.postbackID),
            setsBasicAuth: moves || update.request.setsBasicAuth, setsRequestParams: setsParams,
            setsRequestHeaders: moves || update.request.setsRequestHeaders,
            setsSigningSecret: moves || update.request.setsSigningSecret)
    }
}

extension FunctionError {
    static func unknownPostback(_ id: Int) -> FunctionError { .unknownPostback("\(id)") }

    /// `ids` is a list for people.
    package static func unknownPostback(_ ids: String, at path: Path = Path.root.member("postbackId")) -> FunctionError
    {
        .notFound([Fault(path, "there is no postback \(ids), or it has been deleted")])
    }

    static let goalsAreOff = FunctionError.conflict(
        "goalId", "cannot be set while the offer's goals are off; configureOffer turns them on")

    static func unknownGoal(_ goal: String, of offer: String) -> FunctionError {
        .notFound("goalId", "the offer \"\(offer)\" has no goal \"\(goal)\"; configureOffer adds it")
    }
}
