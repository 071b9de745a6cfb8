import Foundation
package import Receiver
import Synchronization
import System

/// A receiver on a thread of its own. The thread ends soon after the last reference is released.
package final class RunningReceiver: Sendable {
    private let shared = Shared()
    private let address: String
    package let port: UInt16

    /// The state that the thread and the test share.
    private final class Shared: Sendable {
        let requests = Mutex<[ReceivedRequest]>([])
        let newBehaviour = Mutex<ReceiverBehaviour?>(nil)
        let start = Mutex<Result<UInt16, SystemError>?>(nil)
        let accepted = Atomic<Int>(0)
        let isStopped = Atomic<Bool>(false)
    }

    /// The expected requests did not arrive in time.
    package struct MissingRequests: Error {
        let expected: Int
        let received: Int
    }

    /// `address` is one of this machine. Port 0 lets the system choose one. `onRequest` is called on the receiver's thread
    /// for each request; `requests` then stays empty.
    package init(
        _ behaviour: ReceiverBehaviour = ReceiverBehaviour(), address: String = "127.0.0.1", port: UInt16 = 0,
        onRequest: (@Sendable (ReceivedRequest) -> Void)? = nil
    ) throws {
        let shared = shared
        let take = onRequest ?? { request in shared.requests.withLock { $0.append(request) } }
        self.address = address
        Thread.detachNewThread { Self.serve(behaviour, address, port: port, shared, take) }
        while true {
            if let start = shared.start.withLock({ $0 }) {
                self.port = try start.get()
                return
            }
            Thread.sleep(forTimeInterval: 0.001)
        }
    }

    deinit { stop() }

    /// Closes all connections and ends the thread, within one turn.
    package func stop() {
        shared.isStopped.store(true, ordering: .relaxed)
    }

    package var url: String { "http://\(address):\(port)" }

    /// The requests that have arrived so far.
    package var requests: [ReceivedRequest] { shared.requests.withLock { $0 } }

    /// The number of connections accepted so far.
    package var acceptedConnections: Int { shared.accepted.load(ordering: .relaxed) }

    /// Changes the behaviour from the next turn on; a turn takes at most 20 ms.
    package func behave(_ behaviour: ReceiverBehaviour) {
        shared.newBehaviour.withLock { $0 = behaviour }
        while shared.newBehaviour.withLock({ $0 != nil }) { Thread.sleep(forTimeInterval: 0.001) }
    }

    /// Waits until at least `count` requests have arrived.
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
        _ behaviour: ReceiverBehaviour, _ address: String, port: UInt16, _ shared: Shared,
        _ onRequest: @escaping @Sendable (ReceivedRequest) -> Void
    ) {
        do {
            let receiver = try Receiver(address: address, port: port, conduct: behaviour.conduct())
            receiver.onRequest = onRequest
            shared.start.withLock { $0 = .success(receiver.port) }
            while !shared.isStopped.load(ordering: .relaxed) {
                try receiver.turn(atMost: .milliseconds(20))
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
