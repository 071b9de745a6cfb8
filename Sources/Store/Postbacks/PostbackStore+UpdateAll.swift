import Domain
package import FunctionRuntime
import Input
package import JSON
import Postgres

/// The result of an update of many postbacks, or with `dryRun` the result that it would have.
package struct UpdatedPostbacks: FunctionOutput {
    /// The number of postbacks that the call selected.
    fileprivate let matched: Int
    /// The ids of those that were changed.
    fileprivate let changed: [Int]
    fileprivate let warnings: [JSON]
    fileprivate let next: JSON

    package var json: JSON {
        [
            "matched": .integer(matched), "changed": .integer(changed.count),
            "postbackIds": .array(changed.map(JSON.integer)), "unchanged": .integer(matched - changed.count),
            "warnings": .array(warnings), "next": next,
        ]
    }

    package static let schema = Schema.object([
        "matched": Schema.integer, "changed": Schema.integer, "postbackIds": Schema.list(Schema.integer),
        "unchanged": Schema.integer, "warnings": Schema.warnings, "next": Schema.textOrNull,
    ])
}

extension PostbackStore {
    /// Changes all postbacks of a page, each as `update` changes one, in one transaction: if one of them cannot be
    /// changed, none is. Postbacks that are already as they would become keep their versions.
    /// - Throws: `not_found` for ids in the filter that do not exist; `invalid_request`, naming the postback, for a URL
    ///   that would be too long and for secrets that cannot be opened for another origin; `misconfigured` without a key
    ///   for them; `unavailable` if other calls keep changing the same postbacks.
    package func update(_ update: PostbacksUpdate) throws(FunctionError) -> UpdatedPostbacks {
        try requireKnown(update.filter)
        for _ in 0...PostbackStore.repetitions {
            if let answer = try attempt(update) { return answer }
        }
        throw FunctionError(.unavailable, "the postbacks were changed by other calls at the same time; try again")
    }

    private func requireKnown(_ filter: PostbackFilter) throws(FunctionError) {
        let path = Path.root.member("filter")
        var named = filter.named
        named.destinations = filter.destinations
        try named.require(in: database, at: path)
        if let ids = filter.postbackIDs, let unknown = try database.run(FindUnknownPostbacks(ids: ids)) {
            throw .unknownPostback(unknown, at: path.member("postbackIds"))
        }
    }

    /// - Returns: nil if another call changed one of the postbacks in between; then nothing was changed.
    private func attempt(_ update: PostbacksUpdate) throws(FunctionError) -> UpdatedPostbacks? {
        var read: [StoredPostback] = []
        let listed = try update.page.rows("postbacks") { after, count throws(FunctionError) in
            let list = ListPostbacks(
                update.filter, order: .oldest, after: after ?? update.page.start, count: count)
            let part = try database.run(list, planned: .anew)
            read += part
            return part.map { ListedRow(place: String($0.id), json: $0.json) }
        }
        let page = read.prefix(listed.rows.count)
        var lines: [UpdatePostbacks.Line] = []
        for postback in page {
            if let line = try line(update.changes, postback) { lines.append(line) }
        }
        if !update.isDryRun, !lines.isEmpty {
            guard try store(lines) else { return nil }
        }
        return UpdatedPostbacks(
            matched: page.count, changed: lines.map(\.update.postbackID),
            warnings: update.changes.replacement.map { $0.warnings(of: Array(page)) } ?? [], next: listed.next)
    }

    /// The change to one postback; nil if it is already as it would become. An error names the postback.
    private func line(
        _ changes: PostbacksUpdate.Changes, _ postback: StoredPostback
    ) throws(FunctionError) -> UpdatePostbacks.Line? {
        let update: PostbackUpdate?
        do throws(Invalid) {
            update = try changes.update(of: postback)
        } catch {
            throw FunctionError.invalidRequest("url", error.message).ofChanges(to: postback.id)
        }
        guard let update else { return nil }
        do throws(FunctionError) {
            return try prepare(update, postback)
        } catch {
            throw error.ofChanges(to: postback.id)
        }
    }

    /// - Returns: false if one of the postbacks has another version by now, or was deleted; then nothing is stored.
    private func store(_ lines: [UpdatePostbacks.Line]) throws(FunctionError) -> Bool {
        do throws(PostgresError) {
            var trip = RoundTrip()
            trip.add(LockPostbacks(ids: lines.map(\.update.postbackID)))
            let update = trip.append(UpdatePostbacks(lines: lines, isAllOrNone: true))
            return try database.transactions(trip)(update).allSatisfy { verdict in
                if case .changed = verdict { true } else { false }
            }
        } catch {
            // PostgreSQL rolled it back because of concurrent transactions.
            if error.kind == .busy { return false }
            throw database.functionError(error)
        }
    }
}

extension PostbacksUpdate.OriginReplacement {
    /// A warning if no URL of the page has the origin that is to be replaced.
    fileprivate func warnings(of page: [StoredPostback]) -> [JSON] {
        if page.contains(where: { $0.template.url.origin == from.origin }) { return [] }
        let message =
            "no URL of the selected postbacks has the origin \(from.prefix); listDestinations shows the origins"
        return [["code": "no_such_origin", "message": .string(message)]]
    }
}

extension FunctionError {
    /// The error of one of several postbacks that the same changes would be made to.
    fileprivate func ofChanges(to postbackID: Int) -> FunctionError {
        let path = Path.root.member("changes")
        if details.isEmpty { return FunctionError(code, "postback \(postbackID): \(message)") }
        let faults = details.map { Fault(path, "cannot be made to postback \(postbackID): \($0.field) \($0.message)") }
        return code == .invalidRequest
            ? .invalidRequest(faults) : FunctionError(code, "postback \(postbackID): \(message)", details: faults)
    }
}
