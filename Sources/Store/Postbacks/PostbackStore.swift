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
            let list = Call(
                ListStatement.postbacks[page.order ?? .oldest],
                filter.parameters(behind: after ?? page.start, count))
            let rows = try database.run([[.plan(.anew), list]])[0][1]
            return rows.map { ($0.text("id") ?? "", $0.postback) }
        }
        if listed.rows.isEmpty, let id = filter.postbackID, try database.run(Call.listPostbacks([id]))[0][1].isEmpty {
            throw .unknownPostback(id)
        }
        return listed
    }

    /// The postbacks with these ids, in one round trip.
    func describe(_ ids: [Result<Int, FunctionError>]) -> [Result<SavedPostback, FunctionError>] {
        let known = Array(Set(ids.compactMap { try? $0.get() }))
        if known.isEmpty { return ids.map { $0.flatMap { _ in .failure(.internal) } } }
        do throws(FunctionError) {
            let results = try database.run(Call.listPostbacks(known) + [[.overlaps(ofPostbacks: known)]])
            let rows = results[0][1].byID("id")
            let overlaps = results[1][0].byID("asked_id")
            return ids.map { answer in
                answer.flatMap { SavedPostback.read($0, rows[$0], overlap: overlaps[$0]) }
            }
        } catch {
            return ids.map { $0.flatMap { _ in .failure(error) } }
        }
    }

    /// What stands in the columns from `basic_auth` to `success_when`.
    /// - Throws: `misconfigured` when there is a secret and no key to seal it.
    func requestColumns(_ template: RequestTemplate, id: Int) throws(FunctionError) -> [String?] {
        if template.hasPlainSecrets, keys == nil {
            throw FunctionError(
                .misconfigured, "POSTBACKS_ENCRYPTION_KEY is not set, and the postback has a secret that must be sealed"
            )
        }
        let stored = template.stored(of: id, with: keys)
        func json(_ name: String) -> String? {
            let value = stored[name] ?? .null
            return value == .null ? nil : value.encodedText
        }
        return [
            json("basicAuth"), json("requestParams"), json("requestHeaders"), json("signingSecret"),
            template.omitEmptyParams.column, json("skipWhenEmpty"), json("successWhen"),
        ]
    }
}

extension Parameter {
    /// One array for each column, of rows that have a value for each.
    static func columns(of rows: [[String?]]) -> [Parameter] {
        (rows.first ?? []).indices.map { column in .array(rows.map { $0[column] }) }
    }
}

extension Bool {
    /// As an array's element.
    var column: String { self ? "t" : "f" }
}

extension Rows {
    /// The rows by the id that stands in a column.
    func byID(_ column: String) -> [Int: Row] {
        Dictionary(map { ($0.integer(column) ?? 0, $0) }) { first, _ in first }
    }
}

extension SavedPostback {
    fileprivate static func read(_ id: Int, _ row: Row?, overlap: Row?) -> Result<SavedPostback, FunctionError> {
        guard let row else {
            return .failure(
                .notFound("idempotencyKey", "the postback \(id) that this key made has been deleted"))
        }
        let template = row.template
        return .success(
            SavedPostback(
                postback: row.postback(with: template), template: template,
                status: ConversionStatus(rawValue: row.text("conversion_status") ?? "") ?? .done,
                overlap: Overlap(overlap)))
    }
}
