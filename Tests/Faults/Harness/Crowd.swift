import FaultLedger
import Foundation
import Receiver
import Synchronization
import System
import TestSupport

/// Many destinations on one thread, each with a port of its own. They answer everything, or all hang: they accept
/// connections and requests and never answer. The thread ends soon after the last reference is released.
final class Crowd: Sendable {
    let members: [Member]
    private let shared = Shared()

    /// The state that the thread and its owner share.
    fileprivate final class Shared: Sendable {
        let sightings = Mutex<[UInt16: [Sighting]]>([:])
        let isHanging = Atomic<Bool>(false)
        let isStopped = Atomic<Bool>(false)
        let failure = Mutex<SystemError?>(nil)
    }

    /// One of the destinations.
    final class Member: Destination {
        let url: String
        private let port: UInt16
        private let shared: Shared

        fileprivate init(port: UInt16, _ shared: Shared) {
            url = "http://127.0.0.1:\(port)"
            self.port = port
            self.shared = shared
        }

        var sightings: [Sighting] { shared.sightings.withLock { $0[port] ?? [] } }
    }

    init(_ count: Int) throws {
        let listeners = try (0..<count).map { _ in try TCPListener() }
        members = listeners.map { [shared] in Member(port: $0.port, shared) }
        Thread.detachNewThread { [shared] in Self.serve(listeners, shared) }
    }

    deinit { shared.isStopped.store(true, ordering: .relaxed) }

    func hang() { shared.isHanging.store(true, ordering: .relaxed) }

    /// New requests are answered from now on. Requests that hang already are never answered.
    func answer() { shared.isHanging.store(false, ordering: .relaxed) }

    /// - Throws: the error that ended the thread, if there was one.
    func check() throws {
        if let failure = shared.failure.withLock({ $0 }) { throw failure }
    }

    private static func serve(_ listeners: [TCPListener], _ shared: Shared) {
        let good = ReceiverBehaviour().conduct()
        do throws(SystemError) {
            let receiver = try Receiver { occasion in
                guard case .request(let request) = occasion else { return nil }
                let hangs = shared.isHanging.load(ordering: .relaxed)
                let sighting = Sighting(request, answer: hangs ? .cut : .unknown, status: hangs ? nil : 200)
                shared.sightings.withLock { $0[request.port, default: []].append(sighting) }
                return hangs ? [.silence] : good(occasion)
            }
            for listener in listeners { try receiver.listen(on: listener) }
            while !shared.isStopped.load(ordering: .relaxed) { try receiver.turn(atMost: .milliseconds(20)) }
        } catch {
            shared.failure.withLock { $0 = error }
        }
    }
}
