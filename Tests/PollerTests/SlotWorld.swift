import Domain
import System

@testable import Poller
@testable import Store

/// Slots among destinations that behave in one way or another, by a clock of the test's own that goes in milliseconds. What
/// becomes due is found at once, and all that is due each 100 ms. What hangs times out, and is due again.
struct SlotWorld {
    enum Behaviour {
        /// Milliseconds.
        case answers(after: Int64)
        case hangs
        /// Every third request hangs, the others are answered.
        case hangsAtTimes(after: Int64)
    }

    /// The results of a destination.
    struct Record {
        var started = 0
        var answered = 0
        var timedOut = 0
        var inFlight = 0
        var mostInFlight = 0
        /// The longest time from being due to the start, in milliseconds.
        var longestWait: Int64 = 0
    }

    var slots: DestinationSlots
    private(set) var now: Int64 = 0
    private(set) var records: [Int: Record] = [:]
    private(set) var inFlight = 0
    private(set) var mostInFlight = 0
    private(set) var bytesInFlight = 0
    private(set) var mostBytesInFlight = 0
    var behaviours: [Int: Behaviour] = [:]
    /// The bytes of each line to a destination; 1,000 if it is not listed.
    var lineBytes: [Int: Int] = [:]
    /// So many requests in a millisecond the delivery process gets done, in the order in which they were started; nil for any.
    var throughput: Double?
    /// The first attempts and the retries that are due, by the time since when.
    private var firstDue: [Int: [Int64]] = [:]
    private var retriesDue: [Int: [Int64]] = [:]
    private var queue: [Request] = []
    private var ends: [Int64: [(Request, Reaction)]] = [:]
    /// Deliveries to these destinations have become due.
    private var changed: Set<Int> = []
    private var deliveries = 0
    private var budget = 0.0

    private struct Request {
        let claim: Outbox.Claim
        let start: Instant
    }

    static let timeout: Int64 = 20_000

    init(total: Int = 256, perDestination: Int = 16, requests: Int = 4096) {
        slots = DestinationSlots(SlotLimits(slots: total, perDestination: perDestination, requests: requests))
    }

    mutating func owe(_ count: Int = 1, to id: Int) {
        firstDue[id, default: []] += repeatElement(now, count: count)
        changed.insert(id)
    }

    mutating func oweRetries(_ count: Int, to id: Int) {
        retriesDue[id, default: []] += repeatElement(now, count: count)
        changed.insert(id)
    }

    func owed(to id: Int) -> Int { (firstDue[id]?.count ?? 0) + (retriesDue[id]?.count ?? 0) }
    subscript(id: Int) -> Record { records[id] ?? Record() }

    /// Resets the results so far, except for the requests in flight.
    mutating func resetRecords() {
        records = records.mapValues { Record(inFlight: $0.inFlight, mostInFlight: $0.inFlight) }
        mostInFlight = inFlight
    }

    /// Lets time pass. `arrive` makes deliveries due in each millisecond; it gets the number of the millisecond.
    mutating func run(milliseconds: Int64, arrive: (inout SlotWorld, Int64) -> Void = { _, _ in }) {
        for step in 0..<milliseconds {
            now += 1
            arrive(&self, step)
            turn()
        }
    }

    private var instant: Instant { Instant(sinceStart: .milliseconds(now)) }

    private mutating func turn() {
        for (request, reaction) in ends.removeValue(forKey: now) ?? [] { end(request, reaction) }
        for claim in slots.overdue(at: instant) { giveBack(claim) }
        begin()
        find()
        claim()
        begin()
        send()
    }

    private mutating func find() {
        let owing = now.isMultiple(of: 100) ? Set(firstDue.keys).union(retriesDue.keys) : changed
        changed = []
        let found = owing.sorted().filter { owed(to: $0) > 0 }.map { id in
            Outbox.Destination(
                id: id, firstDue: firstDue[id]?.isEmpty == false ? "0" : nil,
                retryDue: retriesDue[id]?.isEmpty == false ? "0" : nil, lookedAt: "0")
        }
        if !found.isEmpty { slots.found(found, at: instant) }
    }

    private mutating func claim() {
        let shares = slots.shares(at: instant)
        var claims: [Outbox.Claim] = []
        for share in shares {
            let id = share.destination
            var free = share.free
            // Retries have been due for a longer time.
            let retries = min(share.retries, retriesDue[id]?.count ?? 0, free)
            free -= retries
            let first = min(free, firstDue[id]?.count ?? 0)
            for (count, isRetry) in [(retries, true), (first, false)] {
                for _ in 0..<count {
                    let due = isRetry ? retriesDue[id]?.removeFirst() : firstDue[id]?.removeFirst()
                    deliveries += 1
                    claims.append(
                        Outbox.Claim(
                            id: "\(deliveries)/1/1", delivery: deliveries, leaseNumber: 1, destination: id,
                            postback: 1, conversion: deliveries, attempt: isRetry ? 2 : 1, dueAt: String(due ?? 0),
                            line: Array(repeating: 0, count: lineBytes[id] ?? 1000)))
                }
            }
        }
        slots.claimed(claims, of: shares, at: instant)
    }

    private mutating func begin() {
        for started in slots.starting(at: instant) {
            let id = started.claim.destination
            var record = self[id]
            record.started += 1
            record.inFlight += 1
            record.mostInFlight = max(record.mostInFlight, record.inFlight)
            record.longestWait = max(record.longestWait, now - (Int64(started.claim.dueAt) ?? 0))
            records[id] = record
            inFlight += 1
            mostInFlight = max(mostInFlight, inFlight)
            bytesInFlight += started.claim.line.count
            mostBytesInFlight = max(mostBytesInFlight, bytesInFlight)
            queue.append(Request(claim: started.claim, start: instant))
        }
    }

    private mutating func send() {
        budget = throughput.map { min(budget + $0, max($0, 1)) } ?? .infinity
        let count = min(queue.count, Int(min(budget, 1_000_000)))
        budget -= Double(count)
        for request in queue.prefix(count) {
            let id = request.claim.destination
            switch behaviours[id] ?? .answers(after: 10) {
            case .answers(let delay): ends[now + delay, default: []].append((request, .answered))
            case .hangs: ends[now + SlotWorld.timeout, default: []].append((request, .unanswered))
            case .hangsAtTimes(let delay):
                if request.claim.delivery.isMultiple(of: 3) {
                    ends[now + SlotWorld.timeout, default: []].append((request, .unanswered))
                } else {
                    ends[now + delay, default: []].append((request, .answered))
                }
            }
        }
        queue.removeFirst(count)
    }

    private mutating func end(_ request: Request, _ reaction: Reaction) {
        let id = request.claim.destination
        inFlight -= 1
        bytesInFlight -= request.claim.line.count
        records[id]?.inFlight -= 1
        if reaction == .answered {
            records[id]?.answered += 1
        } else {
            records[id]?.timedOut += 1
            oweRetries(1, to: id)
        }
        slots.ended(request.claim, start: request.start, reaction, at: instant)
    }

    private mutating func giveBack(_ claim: Outbox.Claim) {
        let due = Int64(claim.dueAt) ?? 0
        changed.insert(claim.destination)
        if claim.isRetry {
            retriesDue[claim.destination, default: []].insert(due, at: 0)
        } else {
            firstDue[claim.destination, default: []].insert(due, at: 0)
        }
    }
}
