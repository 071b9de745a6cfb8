package import FunctionRuntime
import JSON
package import Postbacks
import Postgres
package import Secrets

/// Postbacks: made, found, shown with their secrets masked.
package struct PostbackStore {
    let database: Database
    let keys: EncryptionKeys?

    /// - Parameter keys: needed only to make postbacks that have secrets.
    package init(_ database: Database, keys: EncryptionKeys? = nil) {
        self.database = database
        self.keys = keys
    }

    /// Makes a postback; with an idempotency key that was used before and the same input, answers the one made then.
    /// - Throws: `not_found` for an unknown offer, affiliate or goal; `conflict` for a goal while the offer's goals are off (R3)
    ///   and for a key that was used with another input; `misconfigured` when there is a secret and no key to seal it.
    package func create(_ postback: NewPostback) throws(FunctionError) -> SavedPostback {
        if let id = try existing(postback) { return try describe(id).repeated }
        let reserved = try database.run(.nextPostbackID)
        guard let id = reserved.first?.integer("id") else { throw .internal }
        let rows = try database.run(.createPostback, try parameters(postback, id: id))
        guard let row = rows.first else { throw .internal }
        if row.integer("id") != nil { return try describe(id) }
        if let refusal = refusal(postback, row) { throw refusal }
        // Somebody else has used the key in between.
        guard let id = try existing(postback) else {
            throw FunctionError(.unavailable, "the postback of this idempotencyKey was not to be seen; try again")
        }
        return try describe(id).repeated
    }

    /// One page of the postbacks that are not deleted, in the order of their ids.
    /// - Throws: `not_found` for an offer, affiliate or postback that is not there.
    package func page(_ filter: PostbackFilter, _ page: Page) throws(FunctionError) -> ListedPage {
        try filter.named.require(in: database)
        let listed = try page.rows("postbacks") { after, count throws(FunctionError) in
            let rows = try database.run(
                ListStatement.postbacks[page.order ?? .oldest],
                filter.parameters(behind: after ?? page.start, count))
            return rows.map { ($0.text("id") ?? "", $0.postback) }
        }
        if listed.rows.isEmpty, let id = filter.postbackID, try database.run([[.listPostback(id)]])[0][0].isEmpty {
            throw .unknownPostback(id)
        }
        return listed
    }

    func describe(_ id: Int) throws(FunctionError) -> SavedPostback {
        let results = try database.run([[.listPostback(id), .overlap(ofPostback: id)]])[0]
        guard let row = results[0].first else {
            throw .notFound("idempotencyKey", "the postback \(id) that this key made has been deleted")
        }
        return SavedPostback(
            postback: row.postback, template: row.template,
            status: ConversionStatus(rawValue: row.text("conversion_status") ?? "") ?? .done,
            overlap: Overlap(results[1]))
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

    private func parameters(_ postback: NewPostback, id: Int) throws(FunctionError) -> [Parameter] {
        let template = postback.template
        return [
            .int(id), .optional(postback.offerID), .optional(postback.affiliateID), .optional(postback.goalID),
            .text(postback.conversionStatus.rawValue), .text(template.url.text), .text(template.httpType.rawValue),
            .text(template.url.origin),
        ] + (try requestParameters(template, id: id)) + [
            .bool(postback.isActive), .optional(postback.idempotencyKey),
            .optional(postback.idempotencyKey.map { _ in Fingerprint.make(of: postback, id: id, keys: keys) }),
            .bool(postback.sendsOvertaken),
        ]
    }

    /// What stands in the columns from `basic_auth` to `success_when`.
    /// - Throws: `misconfigured` when there is a secret and no key to seal it.
    func requestParameters(_ template: RequestTemplate, id: Int) throws(FunctionError) -> [Parameter] {
        if template.hasPlainSecrets, keys == nil {
            throw FunctionError(
                .misconfigured, "POSTBACKS_ENCRYPTION_KEY is not set, and the postback has a secret that must be sealed"
            )
        }
        let stored = template.stored(of: id, with: keys)
        func json(_ name: String) -> Parameter {
            let value = stored[name] ?? .null
            return value == .null ? .null : .utf8(value.bytes)
        }
        return [
            json("basicAuth"), json("requestParams"), json("requestHeaders"), json("signingSecret"),
            .bool(template.omitEmptyParams), json("skipWhenEmpty"), json("successWhen"),
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
            return .goalsAreOff
        }
        if row.bool("goal_unknown") == true {
            return .unknownGoal
        }
        return nil
    }
}

extension SavedPostback {
    fileprivate var repeated: SavedPostback {
        var copy = self
        copy.isRepeat = true
        return copy
    }
}
