import Domain
package import FunctionRuntime
import JSON
import Postgres
package import Secrets

/// Creates, changes and lists postbacks. Their secrets are masked in every answer.
package struct PostbackStore {
    let database: Database
    let keys: EncryptionKeys?

    /// `keys` is needed only to create or change postbacks that have secrets.
    package init(_ database: Database, keys: EncryptionKeys? = nil) {
        self.database = database
        self.keys = keys
    }

    /// One page of the postbacks that are not deleted, in the order of their ids.
    /// - Throws: `not_found` for an offer, affiliate or postback that does not exist.
    package func page(_ filter: PostbackFilter, _ page: Page) throws(FunctionError) -> ListedPage {
        try filter.named.require(in: database)
        let listed = try page.rows("postbacks") { after, count throws(FunctionError) in
            let list = ListPostbacks(
                filter, order: page.order ?? .oldest, after: after ?? page.start, count: count)
            return try database.run(list, planned: .anew).map { ListedRow(place: String($0.id), json: $0.json) }
        }
        if listed.rows.isEmpty, let ids = filter.postbackIDs,
            let unknown = try database.run(FindUnknownPostbacks(ids: ids))
        {
            throw .unknownPostback(unknown)
        }
        return listed
    }

    /// The postbacks with these ids, in one round trip.
    func describe(_ ids: [Result<Int, FunctionError>]) -> [Result<SavedPostback, FunctionError>] {
        let known = Array(Set(ids.compactMap { try? $0.get() }))
        if known.isEmpty { return ids.map { $0.flatMap { _ in .failure(.internal) } } }
        do throws(FunctionError) {
            var trip = RoundTrip()
            let list = trip.add(ListPostbacks(ids: known), planned: .anew)
            let find = trip.add(FindOverlappingPostbacks(subject: .stored(known)))
            let answers = try database.run(trip)
            let stored = try answers.answer(list).byID
            let overlaps = try answers.answer(find).ofStored
            return ids.map { answer in
                answer.flatMap { SavedPostback.saved($0, stored[$0], overlap: overlaps[$0]) }
            }
        } catch {
            return ids.map { $0.flatMap { _ in .failure(error) } }
        }
    }

    /// The values of the columns from `basic_auth` to `success_when`.
    /// - Throws: `misconfigured` if there is a secret and no key to seal it.
    func requestColumns(_ template: RequestTemplate, id: Int) throws(FunctionError) -> RequestColumns {
        if template.hasPlainSecrets, keys == nil {
            throw FunctionError(
                .misconfigured, "POSTBACKS_ENCRYPTION_KEY is not set, and the postback has a secret that must be sealed"
            )
        }
        return RequestColumns(template, of: id, with: keys)
    }
}

extension Bool {
    /// The text of an array's element.
    var column: String { self ? "t" : "f" }
}

extension [StoredPostback] {
    /// The postbacks by their ids.
    var byID: [Int: StoredPostback] { Dictionary(map { ($0.id, $0) }) { first, _ in first } }
}

extension SavedPostback {
    fileprivate static func saved(
        _ id: Int, _ stored: StoredPostback?, overlap: Overlap?
    ) -> Result<SavedPostback, FunctionError> {
        guard let stored else {
            return .failure(
                .notFound("idempotencyKey", "the postback \(id) that was created with this key has been deleted"))
        }
        return .success(
            SavedPostback(
                postback: stored.json, template: stored.template, status: stored.conversionStatus, overlap: overlap))
    }
}
