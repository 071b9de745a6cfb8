import FaultLedger
import Receiver
import Secrets
import Synchronization
import TestSupport

/// Where requests go, and what was seen there.
protocol Destination: AnyObject, Sendable {
    var url: String { get }
    /// All requests so far.
    var sightings: [Sighting] { get }
}

/// A receiver that takes everything, unless it is told otherwise.
final class PlainDestination: Destination {
    let receiver: RunningReceiver
    private let seen: Seen

    private final class Seen: Sendable {
        let sightings = Mutex<[Sighting]>([])
    }

    init(_ behaviour: ReceiverBehaviour = ReceiverBehaviour()) throws {
        let seen = Seen()
        receiver = try RunningReceiver(behaviour) { request in
            seen.sightings.withLock { $0.append(Sighting(request)) }
        }
        self.seen = seen
    }

    var url: String { receiver.url }
    var sightings: [Sighting] { seen.sightings.withLock { $0 } }
    func behave(_ behaviour: ReceiverBehaviour) { receiver.behave(behaviour) }
}

extension Sighting {
    init(_ request: ReceivedRequest) {
        self.init(
            delivery: request.header("Postback-Delivery-Id").flatMap { Int($0) } ?? 0,
            attempt: request.header("Postback-Attempt").flatMap { Int($0) } ?? 0,
            digest: Sighting.digest(method: request.method, target: request.target, body: request.body),
            at: request.at)
    }

    /// What must not change from one attempt to the next.
    static func digest(method: String, target: String, body: [UInt8]) -> String {
        sha256(Array("\(method) \(target)\n".utf8) + body).prefix(12)
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
