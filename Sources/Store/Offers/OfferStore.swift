package import FunctionRuntime
package import JSON
import Postgres

/// Offers with their goals, and affiliates.
package struct OfferStore {
    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// Creates or changes an offer; nil leaves a value as it is.
    /// - Parameter goals: the whole list; a goal that is missing from it is removed unless it is used.
    /// - Returns: the offer as JSON.
    /// - Throws: `conflict`, naming the goals that are used.
    package func configureOffer(
        _ id: String, name: String?, goalsEnabled: Bool?, goals: [(id: String, name: String)]?
    ) throws(FunctionError) -> JSON {
        let parameters: [Parameter] = [
            .text(id), .optional(name), goalsEnabled.map(Parameter.bool) ?? .null,
            goals.map { .array($0.map(\.id)) } ?? .null, goals.map { .array($0.map(\.name)) } ?? .null,
        ]
        let rows: Rows
        do throws(PostgresError) {
            let calls = [Call(.lockOffer, [.text(id)]), Call(.configureOffer, parameters)]
            rows = try database.transactions([calls])[0].get()[1]
        } catch  where error.sqlState == PostgresError.foreignKeyViolation {
            throw .goalsAreUsed(nil)
        } catch {
            throw database.functionError(error)
        }
        guard let row = rows.first, row.text("id") != nil else { throw .goalsAreUsed(rows.first?.text("used")) }
        return row.json("offer")
    }

    /// Creates or changes an affiliate; a nil name leaves it as it is.
    package func configureAffiliate(_ id: String, name: String?) throws(FunctionError) -> JSON {
        let rows = try database.run(.configureAffiliate, [.text(id), .optional(name)])
        return rows.first?.json("affiliate") ?? .null
    }

    /// One page of the offers in the order of their ids, or in which they were made.
    package func offers(_ page: Page) throws(FunctionError) -> ListedPage {
        try list("offers", .offers, "offer", page)
    }

    /// One page of the affiliates in the order of their ids, or in which they were made.
    package func affiliates(_ page: Page) throws(FunctionError) -> ListedPage {
        try list("affiliates", .affiliates, "affiliate", page)
    }

    private func list(
        _ name: String, _ statement: ListStatement, _ column: String, _ page: Page
    ) throws(FunctionError) -> ListedPage {
        try page.rows(name) { after, count throws(FunctionError) in
            let place = after.flatMap(TimedPlace.init)
            let parameters: [Parameter] = [
                .optional(page.order == nil ? after : place?.id), .int(count), .bool(page.order != nil),
                .text(page.order == nil ? "-infinity" : place?.time ?? "-infinity"),
            ]
            return try database.run(statement[page.order ?? .oldest], parameters).map {
                ($0.text("cursor") ?? "", $0.json(column))
            }
        }
    }
}

extension FunctionError {
    fileprivate static func goalsAreUsed(_ ids: String?) -> FunctionError {
        .conflict(
            "goals", "lacks goals that postbacks or conversions use\(ids.map { ": \($0)" } ?? ""); nothing was changed")
    }
}
