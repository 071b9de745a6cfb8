import HostileReceiver
import Synchronization
import TestSupport

extension Fault {
    /// Destinations that misbehave beside healthy ones; when each was met several times all are healed, and what is still
    /// owed to them arrives.
    static func hostile(
        _ name: String, _ group: Group, injects: String, making destinations: @escaping HostileGround.Making
    ) -> Fault {
        let ground = Place<HostileGround>()
        var fault = Fault(name: name, group: group, injects: injects) { scene in
            try ground.get().heal(afterTries: scene.effort.rounds(short: 4, full: 24), on: scene)
        }
        // One that says that it is busy is tried slowly; until it was tried often enough no other's delivery may use up its attempts.
        fault.setup.schedule += String(repeating: ",3", count: 40)
        fault.prepare = { scene in ground.put(try HostileGround(destinations, on: scene)) }
        fault.confirm = { scene in
            defer { ground.put(nil) }
            return try ground.get().breaches(on: scene)
        }
        return fault
    }

    /// Those of these behaviours.
    static func hostile(_ name: String, _ group: Group, injects: String, _ behaviours: [Behaviour]) -> Fault {
        hostile(name, group, injects: injects) { receiver, _ in
            try behaviours.map { try HostileDestination($0, receiver: receiver) }
        }
    }
}

/// Where one step of a fault leaves something for the next.
private final class Place<Value: Sendable>: Sendable {
    private let content = Mutex<Value?>(nil)

    func put(_ value: Value?) { content.withLock { $0 = value } }

    func get() throws -> Value {
        guard let value = content.withLock({ $0 }) else {
            throw DidNotHappen(description: "the fault was not prepared")
        }
        return value
    }
}
