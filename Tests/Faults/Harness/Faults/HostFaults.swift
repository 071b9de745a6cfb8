import FaultLedger
import JSON
import Receiver
import System
import TestSupport

/// Pollers on several hosts, which are network namespaces.
extension Fault {
    static let hostFaults = [hostCutOff]

    private static let hostCutOff: Fault = {
        let place = Place<Hosts>()
        var fault = Fault(
            name: "host-cut-off", group: .network,
            injects: "the cable of one of two hosts pulled in full flight, past the lease, and put back"
        ) { scene in
            let hosts = try place.get()
            for round in 0..<scene.effort.rounds(short: 1, full: 4) {
                scene.chance.pause(between: 0.5, and: 1)
                // The other host takes over what the first one has sent and could not store.
                try scene.database.allowRepeatsOfLeased()
                scene.processes.allowRepeats()
                try hosts.cut(round % hosts.count)
                scene.pause(14)
                try scene.network.waitForArrivals()
                try hosts.mend(round % hosts.count)
                try waitUntil("late answers come and are fenced off", timeoutSeconds: 120) {
                    scene.processes.fencedAnswers > round
                }
                scene.notes.countRound()
            }
            scene.notes.remark = "late answers fenced off"
        }
        fault.setup.pollers = 0
        fault.setup.destinations = 0
        fault.prepare = { scene in
            let hosts = try Hosts(2)
            scene.atEnd { hosts.remove() }
            place.put(hosts)
            let allowed = ["POSTBACKS_ALLOW_CIDRS": "\(hosts.address)/32"]
            let destinations = try (0..<2).map { _ in
                // Something is always in flight.
                try PlainDestination(ReceiverBehaviour(delay: .milliseconds(50)), address: hosts.address)
            }
            let postbacks = destinations.map { destination -> JSON in
                [
                    "conversionStatus": "pending", "httpType": "GET",
                    "url": .string("\(destination.url)/{transaction_id}?cid={click_id}"),
                ]
            }
            try scene.network.addFlow(
                "far", postbacks: postbacks, to: destinations, isHealthy: true, environment: allowed)
            let relay = try Relay(to: scene.database.server, address: hosts.address)
            scene.atEnd { relay.end() }
            for number in 0..<hosts.count {
                try scene.processes.startPoller(
                    allowed.merging(["DATABASE_URL": relay.connectionString]) { $1 }, wrapper: hosts.wrapper(number))
            }
        }
        fault.confirm = { scene in
            try scene.database.unknownAttempts() > 0
                ? [] : [Breach(.heals, "no lease was lost: the fault was not injected")]
        }
        return fault
    }()
}
