import FaultLedger
import JSON
import Postgres
import Receiver
import Synchronization
import TestSupport

/// The most expensive postbacks that an affiliate may create, beside healthy ones.
extension Fault {
    static let hostilePostbackFaults = [hostilePostback]

    private static let hostilePostback: Fault = {
        var fault = Fault(
            name: "hostile-postback", group: .load,
            injects: "postbacks of the largest permitted size, with secrets that begin alike, to one who repeats them"
        ) { scene in
            for _ in 0..<scene.effort.rounds(short: 2, full: 4) {
                try scene.database.waitForShortBacklog()
                let length = scene.effort.isShort ? 5.0 : 20
                scene.load.state.withLock { $0.offers.removeAll { $0 == HostilePostback.offer } }
                scene.watch.during(.calm) { scene.pause(length) }
                scene.load.state.withLock { $0.offers.append(HostilePostback.offer) }
                scene.watch.during(.faulty) { scene.pause(length) }
                scene.notes.countRound()
            }
        }
        // One in forty conversions is for the hostile offer, and causes two of the largest requests.
        fault.setup.rate = 40
        // Each request takes about ten milliseconds of the delivery process's only thread.
        fault.setup.latencyBound = 250
        fault.prepare = { scene in
            let repeating = [("X-A", "a"), ("X-B", "a"), ("X-C", "a")].map { name, text in
                (name: name, value: String(repeating: text, count: 20_000))
            }
            let behaviour = ReceiverBehaviour(headers: repeating, body: String(repeating: "a", count: 4096))
            let target = try PlainDestination(behaviour)
            try scene.network.addFlow(
                HostilePostback.offer, postbacks: HostilePostback.all(to: target.url), to: [target], isHealthy: false)
            scene.network.favourHealthyFlows(13)
        }
        fault.confirm = { scene in
            // Everything was delivered, and no attempt is unknown.
            let odd = try scene.database.count(
                """
                SELECT count(*) AS value FROM delivery_log
                WHERE state <> 'delivered' OR EXISTS (
                    SELECT FROM attempts t WHERE t.delivery_id = delivery_log.id AND t.outcome = 'unknown')
                """)
            return odd == 0 ? [] : [Breach(.complete, "\(odd) deliveries were not delivered")]
        }
        return fault
    }()
}

/// Settings that are as expensive as createPostback allows.
private enum HostilePostback {
    static let offer = "hostile-postback"

    static func all(to url: String) -> [JSON] {
        let macros = String(repeating: "{sub1}{ip}", count: 800)
        let map = "{click_id:" + (0..<256).map { "value-\($0)=\($0)" }.joined(separator: ",") + "}"
        let params = (0..<7).map { JSON.Member("p\($0)", .string(macros)) } + [JSON.Member("map", .string(map))]
        let secrets = (0..<8).map { number in
            JSON.Member("X-Key-\(number)", .string(String(repeating: "a", count: 7000 + number) + "b"))
        }
        return ["POST(JSON)", "POST(FORM)"].map { type in
            [
                "conversionStatus": "pending", "httpType": .string(type),
                "url": .string("\(url)/{transaction_id}?m=\(map)"), "requestParams": .object(params),
                "requestHeaders": .object(secrets),
            ]
        }
    }
}
