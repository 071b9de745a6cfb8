package import FunctionRuntime
import JSON
import Postbacks
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

    /// The postbacks with these ids, in one round trip.
    func describe(_ ids: [Result<Int, FunctionError>]) -> [Result<SavedPostback, FunctionError>] {
        let known = ids.compactMap { try? $0.get() }
        let calls = known.flatMap { [Call.listPostback($0), Call.overlap(ofPostback: $0)] }
        do throws(FunctionError) {
            let results = calls.isEmpty ? [] : try database.run([calls])[0]
            var place = 0
            return ids.map { answer in
                answer.flatMap { id in
                    defer { place += 2 }
                    return SavedPostback.read(id, results[place], overlap: results[place + 1])
                }
            }
        } catch {
            return ids.map { $0.flatMap { _ in .failure(error) } }
        }
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
}

extension SavedPostback {
    fileprivate static func read(_ id: Int, _ rows: Rows, overlap: Rows) -> Result<SavedPostback, FunctionError> {
        guard let row = rows.first else {
            return .failure(
                .notFound("idempotencyKey", "the postback \(id) that this key made has been deleted"))
        }
        return .success(
            SavedPostback(
                postback: row.postback, template: row.template,
                status: ConversionStatus(rawValue: row.text("conversion_status") ?? "") ?? .done,
                overlap: Overlap(overlap)))
    }
}
