/// Compares the requests that receivers saw with the sequence of the events.
extension Ledger {
    /// I10: the first request of an event comes after the first request of each earlier event of its conversion to the
    /// same destination, unless the earlier event is older than the order hold.
    var disorder: [Breach] {
        let events = Dictionary(books.events.map { ($0.id, $0) }) { first, _ in first }
        let destinations = Dictionary(books.postbacks.map { ($0.id, $0.destination) }) { first, _ in first }
        var arrivals: [Stream: [Arrival]] = [:]
        for delivery in books.deliveries {
            guard let event = events[delivery.event], let destination = destinations[delivery.postback],
                let first = sightingsByDelivery[delivery.id]?.map(\.at).min()
            else { continue }
            arrivals[Stream(conversion: event.conversion, destination: destination), default: []]
                .append(Arrival(event: event, first: first))
        }
        var overtaking: [Int] = []
        for (stream, arrivals) in arrivals where arrivals.count > 1 {
            let isOvertaken = arrivals.contains { later in
                arrivals.contains { earlier in
                    earlier.event.sequence < later.event.sequence && later.first < earlier.first
                        && later.first < earlier.event.at + bounds.orderHold
                }
            }
            if isOvertaken { overtaking.append(stream.conversion) }
        }
        var breaches: [Breach] = []
        breaches.add(.inOrder, "a later event arrived before an earlier one, conversions", overtaking)
        return breaches
    }

    /// The events that must stay in order.
    private struct Stream: Hashable {
        let conversion: Int
        let destination: Int
    }

    private struct Arrival {
        let event: Books.Event
        /// The first request, in milliseconds since 1970.
        let first: Int64
    }
}
