package import FunctionRuntime
package import JSON
import Postgres

/// Creates, changes and lists offers with their goals, and affiliates.
package struct OfferStore {
    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// Creates or changes an offer; nil leaves a value as it is. `goals` is the whole list; a goal that is missing from
    /// it is removed unless it is in use. Returns the offer as JSON. Throws `conflict`, naming the goals that are in
    /// use.
    package func configureOffer(
        _ id: String, name: String?, goalsEnabled: Bool?, goals: [(id: String, name: String)]?
    ) throws(FunctionError) -> JSON {
        let outcome: ConfigureOffer.Outcome
        do throws(PostgresError) {
            var trip = RoundTrip()
            trip.add(LockOffer(offerID: id))
            let configure = trip.append(
                ConfigureOffer(id: id, name: name, goalsEnabled: goalsEnabled, goals: goals))
            outcome = try database.transactions(trip)(configure)
        } catch  where error.sqlState == PostgresError.foreignKeyViolation {
            throw .goalsAreUsed(nil)
        } catch {
            throw database.functionError(error)
        }
        switch outcome {
        case .saved(let offer): return offer
        case .goalsAreUsed(let ids): throw .goalsAreUsed(ids)
        }
    }

    /// Creates or changes an affiliate; a nil name keeps the name.
    package func configureAffiliate(_ id: String, name: String?) throws(FunctionError) -> JSON {
        try database.run(ConfigureAffiliate(id: id, name: name))
    }

    /// One page of the offers in the order of their ids, or of their creation. With an id the page has that offer only.
    /// - Throws: `not_found` if there is no offer with the id.
    package func offers(_ page: Page, id: String? = nil) throws(FunctionError) -> ListedPage {
        let listed = try page.rows("offers") { after, count throws(FunctionError) in
            try database.run(ListOffers(range: NamedRange(id: id, order: page.order, after: after, count: count)))
        }
        if listed.rows.isEmpty { try NamedIDs(offer: id).require(in: database) }
        return listed
    }

    /// One page of the affiliates in the order of their ids, or of their creation. With an id the page has that
    /// affiliate only.
    /// - Throws: `not_found` if there is no affiliate with the id.
    package func affiliates(_ page: Page, id: String? = nil) throws(FunctionError) -> ListedPage {
        let listed = try page.rows("affiliates") { after, count throws(FunctionError) in
            try database.run(ListAffiliates(range: NamedRange(id: id, order: page.order, after: after, count: count)))
        }
        if listed.rows.isEmpty { try NamedIDs(affiliate: id).require(in: database) }
        return listed
    }
}

extension FunctionError {
    fileprivate static func goalsAreUsed(_ ids: String?) -> FunctionError {
        .conflict(
            "goals",
            "lacks goals that are used by postbacks or conversions\(ids.map { ": \($0)" } ?? ""); nothing was changed")
    }
}
