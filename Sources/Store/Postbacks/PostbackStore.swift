package import FunctionRuntime
package import JSON
package import Postbacks
import Postgres
package import Secrets

/// Postbacks: made, found, shown with their secrets masked.
package struct PostbackStore {
    private let database: Database
    private let keys: EncryptionKeys?

    /// - Parameter keys: needed only to make postbacks that have secrets.
    package init(_ database: Database, keys: EncryptionKeys? = nil) {
        self.database = database
        self.keys = keys
    }

    /// Makes a postback; with an idempotency key that was used before and the same input, answers the one made then.
    /// - Returns: the postback as it is answered, and the ids of other active ones that fire on the same events.
    /// - Throws: `not_found` for an unknown offer, affiliate or goal; `conflict` for a goal while the offer's goals are off (R3)
    ///   and for a key that was used with another input; `misconfigured` when there is a secret and no key to seal it.
    package func create(_ postback: NewPostback) throws(FunctionError) -> (postback: JSON, overlapping: String?) {
        if postback.template.hasSecrets, keys == nil {
            throw FunctionError(
                .misconfigured, "POSTBACKS_ENCRYPTION_KEY is not set, and the postback has a secret that must be sealed"
            )
        }
        if let id = try existing(postback) { return try describe(id) }
        let reserved = try database.run(.nextPostbackID)
        guard let id = reserved.first?.integer("id") else { throw .internal }
        let rows = try database.run(.createPostback, parameters(postback, id: id))
        guard let row = rows.first else { throw .internal }
        if row.integer("id") != nil { return try describe(id) }
        if let refusal = refusal(postback, row) { throw refusal }
        // Somebody else has used the key in between.
        guard let id = try existing(postback) else {
            throw FunctionError(.unavailable, "the postback of this idempotencyKey was not to be seen; try again")
        }
        return try describe(id)
    }

    /// One page of the postbacks that are not deleted, in the order of their ids.
    package func page(_ filter: PostbackFilter, _ page: Page) throws(FunctionError) -> (rows: [JSON], next: JSON) {
        let rows = try database.run(
            .listPostbacks,
            [
                .optional(filter.postbackID), .optional(filter.offerID), .optional(filter.affiliateID),
                .optional(filter.goalID), .optional(filter.conversionStatus?.rawValue), .int(page.after),
                .int(page.limit + 1),
            ])
        return page.cut(rows.map { ($0.integer("id") ?? 0, $0.postback) })
    }

    private func describe(_ id: Int) throws(FunctionError) -> (postback: JSON, overlapping: String?) {
        let list = Call(.listPostbacks, [.int(id), .null, .null, .null, .null, .int(0), .int(1)])
        let results = try database.run([[list, Call(.findOverlappingPostbacks, [.int(id)])]])[0]
        guard let row = results[0].first else {
            throw .notFound("idempotencyKey", "the postback \(id) that this key made has been deleted")
        }
        return (row.postback, results[1].first?.text("ids"))
    }

    /// The id of the postback that the idempotency key has made.
    private func existing(_ postback: NewPostback) throws(FunctionError) -> Int? {
        guard let key = postback.idempotencyKey,
            let row = try database.run(.findIdempotentPostback, [.text(key)]).first, let id = row.integer("id")
        else { return nil }
        guard try Fingerprint.matches(row.text("fingerprint") ?? "", of: postback, id: id, keys: keys) else {
            throw .conflict("idempotencyKey", "was used with another input, which made the postback \(id)")
        }
        return id
    }

    private func parameters(_ postback: NewPostback, id: Int) -> [Parameter] {
        let template = postback.template
        let stored = keys.map { template.stored(of: id, with: $0) } ?? template.masked
        func json(_ name: String) -> Parameter {
            let value = stored[name] ?? .null
            return value == .null ? .null : .utf8(value.bytes)
        }
        return [
            .int(id), .optional(postback.offerID), .optional(postback.affiliateID), .optional(postback.goalID),
            .text(postback.conversionStatus.rawValue), .text(template.url.text), .text(template.httpType.rawValue),
            .text(template.url.origin), json("basicAuth"), json("requestParams"), json("requestHeaders"),
            json("signingSecret"), .bool(template.omitEmptyParams), json("skipWhenEmpty"), json("successWhen"),
            .bool(postback.isActive), .optional(postback.idempotencyKey),
            .optional(postback.idempotencyKey.map { _ in Fingerprint.make(of: postback, id: id, keys: keys) }),
        ]
    }

    private func refusal(_ postback: NewPostback, _ row: Row) -> FunctionError? {
        if row.bool("offer_unknown") == true {
            return .notFound("offerId", "there is no offer \"\(postback.offerID ?? "")\"; configureOffer makes it")
        }
        if row.bool("affiliate_unknown") == true {
            return .notFound(
                "affiliateId", "there is no affiliate \"\(postback.affiliateID ?? "")\"; configureAffiliate makes it")
        }
        if row.bool("goals_off") == true {
            return .conflict("goalId", "cannot be set while the offer's goals are off; configureOffer turns them on")
        }
        if row.bool("goal_unknown") == true {
            return .notFound("goalId", "the offer has no goal \"\(postback.goalID ?? "")\"; configureOffer adds it")
        }
        return nil
    }
}

/// Which postbacks to list; nil does not filter.
package struct PostbackFilter: Sendable {
    package let postbackID: Int?
    package let offerID: String?
    package let affiliateID: String?
    package let goalID: String?
    package let conversionStatus: ConversionStatus?

    package init(_ fields: inout Fields) {
        postbackID = fields.optional("postbackId", .madeHere)
        offerID = fields.optional("offerId", .identifier)
        affiliateID = fields.optional("affiliateId", .identifier)
        goalID = fields.optional("goalId", .identifier)
        conversionStatus = fields.optional("conversionStatus", .conversionStatus)
    }
}

extension Row {
    /// The postback as it is answered.
    fileprivate var postback: JSON {
        func named(_ id: String, _ name: String) -> JSON {
            guard let value = text(id) else {
                return ["id": .string(NewPostback.all), "name": .string(NewPostback.all)]
            }
            return ["id": .string(value), "name": .string(text(name) ?? value)]
        }
        let hasGoal = text("goal_id") != nil
        let goal: JSON = hasGoal ? named("goal_id", "goal_name") : .null
        let paused: JSON =
            text("paused_at").map { ["at": .string($0), "reason": .optional(text("paused_reason"))] } ?? .null
        let head: JSON = [
            "id": .integer(integer("id") ?? 0), "offer": named("offer_id", "offer_name"),
            "affiliate": named("affiliate_id", "affiliate_name"), "goal": goal,
            "goalApplies": .bool(hasGoal && bool("goals_enabled") == true),
            "conversionStatus": .optional(text("conversion_status")),
        ]
        let tail: JSON = [
            "active": .bool(bool("active") == true), "paused": paused, "version": .integer(integer("version") ?? 0),
            "createdAt": .optional(text("created_at")), "updatedAt": .optional(text("updated_at")),
        ]
        return head.merging(maskedRequest).merging(tail)
    }

    private var maskedRequest: JSON {
        guard let json = try? JSON(parsing: bytes("request") ?? []), case .object(let members) = json else {
            return .null
        }
        var fields = Fields(members)
        return RequestTemplate(&fields, from: .store).masked
    }
}

extension Schema {
    /// A postback as it is answered.
    package static let postback = object([
        "id": integer, "offer": named, "affiliate": named, "goal": ["anyOf": [named, ["type": "null"]]],
        "goalApplies": boolean,
        "conversionStatus": conversionStatus, "url": text, "httpType": oneOf(HTTPType.allCases.map(\.rawValue)),
        "basicAuth": ["type": ["object", "null"]], "requestParams": anyObject, "requestHeaders": anyObject,
        "signingSecret": textOrNull, "omitEmptyParams": boolean, "skipWhenEmpty": list(text),
        "successWhen": ["type": ["object", "null"]],
        "active": boolean, "paused": ["anyOf": [object(["at": time, "reason": text]), ["type": "null"]]],
        "version": integer,
        "createdAt": time, "updatedAt": time,
    ])
}
