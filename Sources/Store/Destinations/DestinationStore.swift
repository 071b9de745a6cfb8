package import Domain
package import FunctionRuntime
package import Input
package import JSON
import Postgres

/// The conditions on the destinations to list; a nil condition is not applied.
package struct DestinationFilter: Sendable {
    /// The origins of the destination; any of them matches.
    package let destinations: [String]?
    package let isBlocked: Bool?

    package init(_ fields: inout Fields) {
        destinations = fields.optional("destination", .origins)
        isBlocked = fields.optional("isBlocked", .boolean, "Whether it gets nothing at the moment.")
    }
}

/// The changes to one destination.
package struct DestinationChanges: Sendable {
    package let destination: PostbackURL
    package let maxInFlight: Change<Int>
    /// Ends a block.
    package let resumes: Bool

    package init(_ fields: inout Fields) {
        destination = fields.required("destination", .origin, "The scheme, host and port of its receivers.")
        maxInFlight = fields.change(
            "maxInFlight", .integer(1...4096),
            "The maximum of requests in flight from each poller; null means POSTBACKS_DESTINATION_CONCURRENCY.")
        resumes = fields.optional(
            "resume", .boolean, default: false,
            "Ends a block. If the next request gets no answer either, it is blocked again; such a request uses up no attempt."
        )
    }
}

/// Lists and changes destinations.
package final class DestinationStore {
    private let database: Database
    private var wakeup = Wakeup()

    package init(_ database: Database) {
        self.database = database
    }

    /// One page of the destinations to which a postback has led, in the order in which they became known.
    package func page(_ filter: DestinationFilter, _ page: Page) throws(FunctionError) -> ListedPage {
        try page.rows("destinations") { after, count throws(FunctionError) in
            let list = ListDestinations(
                filter: filter, order: page.order ?? .oldest, after: after ?? page.start, count: count)
            return try database.run(list, planned: .anew)
        }
    }

    /// Changes a destination, and returns it. The pollers notice at once.
    /// - Throws: `not_found` if no postback has led there.
    package func configure(_ changes: DestinationChanges) throws(FunctionError) -> JSON {
        var trip = RoundTrip()
        let configure = trip.add(ConfigureDestination(changes: changes))
        wakeup.add(to: &trip)
        guard let destination = try database.run(trip).answer(configure) else {
            throw .notFound(
                "destination",
                "no postback has led to \(changes.destination.origin); listDestinations shows the destinations")
        }
        return destination
    }
}

extension Schema {
    /// A destination as functions return it.
    package static let destination = object([
        "destination": text, "maxInFlight": integerOrNull, "blockedUntil": timeOrNull, "failures": integer,
        "failingSince": timeOrNull, "postbacks": integer,
    ])
}
