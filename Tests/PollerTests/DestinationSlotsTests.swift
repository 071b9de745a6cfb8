import Testing

@testable import Poller
@testable import Store

struct DestinationSlotsTests {
    private static let second: Int64 = 1_000_000_000
    private var slots = DestinationSlots(total: 10, perDestination: 2)

    @Test mutating func `a destination that has not answered yet gets as much as may be in flight`() {
        slots.found([Outbox.Destination(id: 1, maxInFlight: nil)], at: 0)
        #expect(slots.shares(at: 0).map(\.free) == [2])
        #expect(claim(2, at: 0) == [1, 2])
        #expect(!slots.hasDue(at: 0))
    }

    @Test mutating func `one that answers is claimed for ahead, and what waits takes the place of what ends`() {
        slots.found([Outbox.Destination(id: 1, maxInFlight: nil)], at: 0)
        _ = claim(2, at: 0)
        #expect(slots.ended(1, at: 1)?.claim.delivery == nil)
        #expect(slots.shares(at: 1).map(\.free) == [3])
        #expect(claim(3, from: 3, at: 1) == [3])
        #expect(slots.ended(1, at: 2)?.claim.delivery == 4)
        #expect(slots.ended(1, at: 2)?.claim.delivery == 5)
        #expect(slots.ended(1, at: 2)?.claim.delivery == nil)
    }

    @Test mutating func `what has waited for a second is given back, and nothing more is claimed ahead`() {
        slots.found([Outbox.Destination(id: 1, maxInFlight: nil)], at: 0)
        _ = claim(2, at: 0)
        _ = slots.ended(1, at: 1)
        _ = claim(3, from: 3, at: 1)
        #expect(slots.overdue(at: DestinationSlotsTests.second).isEmpty)
        #expect(slots.overdue(at: 2 * DestinationSlotsTests.second).map(\.delivery) == [4, 5])
        #expect(!slots.hasDue(at: 2 * DestinationSlotsTests.second))
    }

    /// - Returns: the deliveries that start at once.
    private mutating func claim(_ count: Int, from first: Int = 1, at now: Int64) -> [Int] {
        let claims = (first..<first + count).map {
            Outbox.Claim(id: "\($0)/1/1", delivery: $0, lease: 1, destination: 1, attempt: 1, dueAt: "", line: [])
        }
        return slots.claimed(claims, of: slots.shares(at: now), at: now).map(\.claim.delivery)
    }
}
