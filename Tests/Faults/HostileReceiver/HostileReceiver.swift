import Foundation
import Receiver
import Synchronization
import System

/// A receiver on a thread of its own. Each of its ports has a behaviour, which can be replaced by a good one. It
/// records the requests that it saw, and ends soon after the last reference is released.
package final class HostileReceiver: Sendable {
    private let shared = Shared()

    /// The state that the thread and its owner share.
    private final class Shared: Sendable {
        let sites = Mutex<[UInt16: SiteState]>([:])
        /// Listeners that the thread serves from its next turn on.
        let newListeners = Mutex<[TCPListener]>([])
        let requests = Mutex<[SeenRequest]>([])
        let failure = Mutex<SystemError?>(nil)
        let isStopped = Atomic<Bool>(false)
    }

    package init() {
        let shared = shared
        Thread.detachNewThread { Self.serve(shared) }
    }

    deinit { stop() }

    /// Closes all connections and ends the thread, within one turn.
    package func stop() {
        shared.isStopped.store(true, ordering: .relaxed)
    }

    /// Opens a port with this behaviour.
    package func open(_ behaviour: Behaviour = .good) throws -> Site {
        try check()
        let state = try SiteState(behaviour)
        let port = state.listener.port
        shared.sites.withLock { $0[port] = state }
        if state.isServed { serve(state.listener) }
        return Site(port: port)
    }

    /// Makes a port answer well from now on, even if a request asks for another behaviour. Answers in progress do not
    /// change.
    package func heal(_ site: Site) throws {
        shared.sites.withLock { $0[site.port]?.isHealed = true }
        try behave(.good, at: site)
    }

    /// Changes the behaviour of a port from now on. A port that has accepted connections cannot be made to refuse or
    /// drop them.
    package func behave(_ behaviour: Behaviour, at site: Site) throws {
        try check()
        precondition(behaviour.listening == .usual, "\(behaviour.name) must be there from the start")
        let reopened = shared.sites.withLock { sites -> TCPListener? in
            guard let old = sites[site.port] else { return nil }
            sites[site.port]?.behaviour = behaviour
            sites[site.port]?.fillers = []
            return old.isServed ? nil : old.listener
        }
        guard let reopened else { return }
        try reopened.listen()
        serve(reopened)
    }

    /// All requests so far, in the order in which they arrived.
    package var requests: [SeenRequest] { shared.requests.withLock { $0 } }

    /// The requests that arrived at one port.
    package func requests(at site: Site) -> [SeenRequest] { requests.filter { $0.port == site.port } }

    private func serve(_ listener: TCPListener) { shared.newListeners.withLock { $0.append(listener) } }

    /// - Throws: the error that ended the thread, if there was one.
    private func check() throws {
        if let failure = shared.failure.withLock({ $0 }) { throw failure }
    }

    private static func serve(_ shared: Shared) {
        do throws(SystemError) {
            var memory = Memory()
            let receiver = try Receiver { occasion in steps(on: occasion, shared, &memory) }
            receiver.onAnswered = { request in
                guard let index = memory.wellAnswered.removeValue(forKey: request.connection) else { return }
                shared.requests.withLock { $0[index].isAnsweredWell = true }
            }
            while !shared.isStopped.load(ordering: .relaxed) {
                let listeners = shared.newListeners.withLock { listeners in
                    defer { listeners = [] }
                    return listeners
                }
                for listener in listeners { try receiver.listen(on: listener) }
                try receiver.turn(atMost: .milliseconds(5))
            }
        } catch {
            shared.failure.withLock { $0 = error }
        }
    }

    /// State that only the thread uses.
    private struct Memory {
        /// The number of requests on each connection.
        var counts: [Int: Int] = [:]
        /// For each connection, the index of the request that is being answered well.
        var wellAnswered: [Int: Int] = [:]
    }

    private static func steps(on occasion: Occasion, _ shared: Shared, _ memory: inout Memory) -> [Step]? {
        let port: UInt16
        var arrived: (request: ReceivedRequest, isWhole: Bool)?
        switch occasion {
        case .connected(let connected): port = connected
        case .head(let request): (port, arrived) = (request.port, (request, false))
        case .request(let request): (port, arrived) = (request.port, (request, true))
        }
        guard let site = shared.sites.withLock({ $0[port] }) else { return [.close] }
        guard let (request, isWhole) = arrived else {
            return site.behaviour.conduct(Behaviour.Moment(occasion: occasion, count: 0))
        }
        let behaviour = site.isHealed ? .good : Site.behaviour(for: request.target) ?? site.behaviour
        let count = memory.counts[request.connection, default: 0] + 1
        guard let steps = behaviour.conduct(Behaviour.Moment(occasion: occasion, count: count)) else { return nil }
        memory.counts[request.connection] = count
        let seen = SeenRequest(request, isWhole: isWhole, behaviour: behaviour.name)
        let index = shared.requests.withLock { requests in
            requests.append(seen)
            return requests.count - 1
        }
        if behaviour.name == Behaviour.good.name { memory.wellAnswered[request.connection] = index }
        return steps
    }
}
