import Foundation
import POSIX
package import Receiver
import Synchronization

/// A receiver on a thread of its own; the thread ends soon after its last reference.
package final class RunningReceiver: Sendable {
    private let shared = Shared()
    package let port: UInt16

    /// What the thread and the test both see.
    private final class Shared: Sendable {
        let requests = Mutex<[ReceivedRequest]>([])
        let newBehaviour = Mutex<ReceiverBehaviour?>(nil)
        let start = Mutex<Result<UInt16, SystemError>?>(nil)
        let accepted = Atomic<Int>(0)
        let isStopped = Atomic<Bool>(false)
    }

    /// The requests did not come in time.
    package struct MissingRequests: Error {
        let expected: Int
        let received: Int
    }

    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - onRequest: takes the requests on the receiver's thread, in place of `requests`.
    package init(
        _ behaviour: ReceiverBehaviour = ReceiverBehaviour(), port: UInt16 = 0,
        onRequest: (@Sendable (ReceivedRequest) -> Void)? = nil
    ) throws {
        let shared = shared
        let take = onRequest ?? { request in shared.requests.withLock { $0.append(request) } }
        Thread.detachNewThread { Self.serve(behaviour, port: port, shared, take) }
        while true {
            if let start = shared.start.withLock({ $0 }) {
                self.port = try start.get()
                return
            }
            Thread.sleep(forTimeInterval: 0.001)
        }
    }

    deinit { stop() }

    /// Closes everything, soon.
    package func stop() {
        shared.isStopped.store(true, ordering: .relaxed)
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// The requests so far.
    package var requests: [ReceivedRequest] { shared.requests.withLock { $0 } }

    /// How many connections were accepted so far.
    package var acceptedConnections: Int { shared.accepted.load(ordering: .relaxed) }

    /// Answers differently from the next turn on; a turn takes at most 20 ms.
    package func behave(_ behaviour: ReceiverBehaviour) {
        shared.newBehaviour.withLock { $0 = behaviour }
        while shared.newBehaviour.withLock({ $0 != nil }) { Thread.sleep(forTimeInterval: 0.001) }
    }

    /// Waits until so many requests have come.
    @discardableResult
    package func waitForRequests(count: Int, seconds: Double = 60) async throws -> [ReceivedRequest] {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while true {
            let requests = requests
            if requests.count >= count { return requests }
            guard Date() < deadline else { throw MissingRequests(expected: count, received: requests.count) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private static func serve(
        _ behaviour: ReceiverBehaviour, port: UInt16, _ shared: Shared,
        _ onRequest: @escaping @Sendable (ReceivedRequest) -> Void
    ) {
        do {
            let receiver = try Receiver(port: port, behaviour: behaviour)
            receiver.onRequest = onRequest
            shared.start.withLock { $0 = .success(receiver.port) }
            while !shared.isStopped.load(ordering: .relaxed) {
                try receiver.turn(milliseconds: 20)
                shared.accepted.store(receiver.accepted, ordering: .relaxed)
                shared.newBehaviour.withLock { new in
                    if let behaviour = new { receiver.conduct = behaviour.conduct() }
                    new = nil
                }
            }
        } catch {
            shared.start.withLock { $0 = $0 ?? .failure(error) }
        }
    }
}
