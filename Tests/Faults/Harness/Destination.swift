import FaultLedger
import Receiver
import Secrets
import Synchronization
import TestSupport
import Text

/// A destination of requests, with a record of those that it has seen.
protocol Destination: AnyObject, Sendable {
    var url: String { get }
    /// All requests so far.
    var sightings: [Sighting] { get }
}

/// A receiver that accepts everything until its behaviour is changed.
final class PlainDestination: Destination {
    let receiver: RunningReceiver
    private let seen: Seen

    private final class Seen: Sendable {
        let sightings = Mutex<[Sighting]>([])
        /// The status of all answers; nil while it changes, or if it is not the same for all.
        let status: Mutex<Int?>

        init(_ behaviour: ReceiverBehaviour) { status = Mutex(PlainDestination.status(of: behaviour)) }
    }

    /// `address` is one of this machine.
    init(_ behaviour: ReceiverBehaviour = ReceiverBehaviour(), address: String = "127.0.0.1") throws {
        let seen = Seen(behaviour)
        receiver = try RunningReceiver(behaviour, address: address) { request in
            let status = seen.status.withLock(\.self)
            seen.sightings.withLock { $0.append(Sighting(request, status: status)) }
        }
        self.seen = seen
    }

    var url: String { receiver.url }
    var sightings: [Sighting] { seen.sightings.withLock { $0 } }

    func behave(_ behaviour: ReceiverBehaviour) {
        seen.status.withLock { $0 = nil }
        receiver.behave(behaviour)
        seen.status.withLock { $0 = PlainDestination.status(of: behaviour) }
    }

    private static func status(of behaviour: ReceiverBehaviour) -> Int? {
        guard case .answer = behaviour.manner, behaviour.statuses.count == 1 else { return nil }
        return behaviour.statuses[0]
    }
}

extension Sighting {
    init(_ request: ReceivedRequest, answer: Answer = .unknown, status: Int?) {
        self.init(
            delivery: request.header("Postback-Delivery-Id").flatMap { Int($0) } ?? 0,
            attempt: request.header("Postback-Attempt").flatMap { Int($0) } ?? 0,
            digest: Sighting.digest(method: request.method, target: request.target, body: request.body),
            at: request.at, answer: answer, status: status)
    }

    /// A digest of the parts that must be the same in each attempt.
    static func digest(method: String, target: String, body: [UInt8]) -> String {
        sha256(Array("\(method) \(target)\n".utf8) + body).prefix(12).hexadecimal
    }
}
