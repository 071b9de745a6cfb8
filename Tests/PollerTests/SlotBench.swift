import Domain
import System

@testable import Poller
@testable import Store

/// The slots of a poller with a clock that the test moves, and the claims in flight.
struct SlotBench {
    var slots: DestinationSlots
    var now = Instant(sinceStart: .seconds(5))
    private(set) var flights: [(claim: Outbox.Claim, start: Instant)] = []
    private var deliveries = 0
    private let perDestination: Int
    /// The line of each further claim.
    var line: [UInt8] = []

    static let lookedAt = "00"

    init(total: Int, perDestination: Int, requests: Int = 4096) {
        slots = DestinationSlots(SlotLimits(slots: total, perDestination: perDestination, requests: requests))
        self.perDestination = perDestination
    }

    mutating func find(
        _ id: Int, failures: Int = 0, isHalfOpen: Bool = false, firstDue: String? = "", retryDue: String? = ""
    ) {
        let destination = Outbox.Destination(
            id: id, failures: failures, isHalfOpen: isHalfOpen, firstDue: firstDue, retryDue: retryDue,
            lookedAt: SlotBench.lookedAt)
        slots.found([destination], at: now)
    }

    /// Continues until the destination may have its maximum in flight; deliveries are still owed to it.
    mutating func warm(_ id: Int) {
        var count = 1
        while count < perDestination {
            find(id)
            _ = claim(count, to: id)
            for _ in 0..<count { end(id) }
            count *= 2
        }
        // After this time without an answer, nothing is claimed in advance.
        now += .milliseconds(110)
        find(id)
    }

    /// The number of deliveries that would be claimed for a destination.
    mutating func free(_ id: Int) -> Int? { slots.shares(at: now).first { $0.destination == id }?.free }

    /// The number of these that may be retries.
    mutating func retries(_ id: Int) -> Int? { slots.shares(at: now).first { $0.destination == id }?.retries }

    /// Claims for one destination when this number of deliveries is due.
    /// - Returns: how many start.
    mutating func claim(_ due: Int, to id: Int, isRetry: Bool = false, dueAt: String = "") -> Int {
        let shares = slots.shares(at: now).filter { $0.destination == id }
        return claim(shares, due: due, isRetry: isRetry, dueAt: dueAt)
    }

    /// Claims for all destinations when this number of deliveries is due to each.
    /// - Returns: how many start.
    mutating func claimAll(due: Int, isRetry: Bool = false) -> Int {
        claim(slots.shares(at: now), due: due, isRetry: isRetry, dueAt: "")
    }

    private mutating func claim(_ shares: [Outbox.Share], due: Int, isRetry: Bool, dueAt: String) -> Int {
        var claims: [Outbox.Claim] = []
        for share in shares {
            for _ in 0..<min(due, isRetry ? share.retries : share.free) {
                deliveries += 1
                claims.append(
                    Outbox.Claim(
                        id: "\(deliveries)/1/1", delivery: deliveries, leaseNumber: 1, destination: share.destination,
                        postback: 1, conversion: deliveries, attempt: isRetry ? 2 : 1, dueAt: dueAt, line: line))
            }
        }
        slots.claimed(claims, of: shares, at: now)
        return start()
    }

    mutating func start() -> Int {
        let started = slots.starting(at: now)
        flights += started.map { ($0.claim, now) }
        return started.count
    }

    /// Ends the oldest request to a destination. `isKept` says whether its answer waits here.
    mutating func end(_ id: Int, _ reaction: Reaction = .answered, isKept: Bool = false) {
        guard let index = flights.firstIndex(where: { $0.claim.destination == id }) else { return }
        let flight = flights.remove(at: index)
        if isKept { slots.keepAnswers(of: [id]) }
        slots.ended(flight.claim, start: flight.start, reaction, at: now)
    }
}
