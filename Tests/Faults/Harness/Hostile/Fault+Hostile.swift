import HostileReceiver

extension Fault {
    /// Destinations that misbehave beside healthy ones. After each was tried several times all are healed, and what is
    /// still owed to them must arrive.
    static func hostile(
        _ name: String, _ group: Group, injects: String, making destinations: @escaping HostileGround.Making
    ) -> Fault {
        let ground = Place<HostileGround>()
        var fault = Fault(name: name, group: group, injects: injects) { scene in
            try ground.get().heal(afterTries: scene.effort.rounds(short: 4, full: 24), on: scene)
        }
        // A destination that answers "busy" is tried slowly. The long schedule keeps the deliveries of the others from
        // using up their attempts meanwhile.
        fault.setup.schedule += String(repeating: ",3", count: 40)
        fault.prepare = { scene in ground.put(try HostileGround(destinations, on: scene)) }
        fault.confirm = { scene in
            defer { ground.put(nil) }
            return try ground.get().breaches(on: scene)
        }
        return fault
    }

    /// One destination for each of the behaviours.
    static func hostile(_ name: String, _ group: Group, injects: String, _ behaviours: [Behaviour]) -> Fault {
        hostile(name, group, injects: injects) { receiver, _ in
            try behaviours.map { try HostileDestination($0, receiver: receiver) }
        }
    }
}
