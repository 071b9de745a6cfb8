import FaultLedger
import HostileReceiver
import JSON
import Postgres
import System
import TestSupport

/// Problems of the machine on which the poller runs, for which no receiver is responsible. They use up no attempt,
/// block no destination and pause no postback (R12).
extension Fault {
    static let ownFaults = [
        own("own-cannot-start", "a deliverPostback that cannot run", "exit 127"),
        own("own-dies-at-first-line", "a deliverPostback that ends at its first line", "read -r line; exit 1"),
        own("own-no-descriptors", "a deliverPostback without descriptors", "ulimit -n 8; exec \"$REAL\" \"$@\""),
        own(
            "own-few-descriptors", "a deliverPostback with 40 descriptors", "ulimit -n 40; exec \"$REAL\" \"$@\""),
        own("own-no-memory", "a deliverPostback with 60 MB of memory", "ulimit -v 60000; exec \"$REAL\" \"$@\""),
        own(
            "own-no-setting", "a deliverPostback whose settings are wrong",
            "POSTBACKS_CONNECT_TIMEOUT=5s; export POSTBACKS_CONNECT_TIMEOUT; exec \"$REAL\" \"$@\""),
        authorities, nameServer, silentNameServer, key("own-missing-key", "a key that is away", "other", 7),
        key("own-wrong-key", "another key of the same id", "test", 8),
    ]

    /// `script` is the shell script that replaces the real program; see `wrapDeliverPostback`.
    private static func own(_ name: String, _ injects: String, _ script: String) -> Fault {
        own(name, injects) { _ in script }
    }

    private static func own(
        _ name: String, _ injects: String, script: @escaping @Sendable (Scene) throws -> String
    ) -> Fault {
        var fault = Fault(name: name, group: .processes, injects: injects) { scene in
            for _ in 0..<scene.effort.rounds(short: 1, full: 3) {
                try scene.processes.beginMisbehaving()
                scene.pause(scene.effort.isShort ? 5 : 20)
                try scene.processes.endMisbehaving()
                // A wrong process that still runs is ended, as an operator would do.
                for number in scene.processes.pollers.indices { scene.processes.killDeliveryProcess(number) }
                try scene.network.waitForArrivals()
                scene.notes.countRound()
            }
            scene.processes.allowRepeats(times: scene.processes.misbehavedStarts)
        }
        fault.prepare = { scene in try scene.processes.wrapDeliverPostback(try script(scene)) }
        fault.confirm = { scene in
            guard scene.processes.misbehavedStarts > 0 else { return [Breach(.heals, "the fault was not injected")] }
            return try scene.database.charges()
        }
        return fault
    }

    private static let authorities = own("own-no-authorities", "no certificates of authorities, and receivers with TLS")
    {
        scene in
        guard Certificates.isPossible else { throw Skipped(reason: "the program openssl is not there") }
        if let reason = OwnMount.impossibility { throw Skipped(reason: reason) }
        let certificates = try Certificates()
        let destination = try TLSDestination(certificates)
        scene.processes.settings["POSTBACKS_CA_FILE"] = certificates.authority
        try scene.network.addFlow("tls", to: [destination], isHealthy: false)
        let empty = "\(scene.folder.path)/empty"
        try FileSystem.makeFolder(empty)
        let program = try OwnMount.wrap(
            Programs.path("deliverPostback"), in: scene.folder.path, showing: empty, at: "/etc/ssl/certs")
        return "POSTBACKS_CA_FILE=; export POSTBACKS_CA_FILE; exec '\(program)' \"$@\""
    }

    private static let nameServer = own(
        "own-no-name-server", "a resolv.conf that names no server, and receivers with names"
    ) {
        scene in try names(scene) { _ in "" }
    }

    /// The system's resolver would wait for ten seconds, which is longer than an attempt may take.
    private static let silentNameServer = own(
        "own-silent-name-server", "a name server that answers nothing, and receivers with names"
    ) {
        scene in
        try names(scene) { server in
            for name in ["own.test", ""] { try server.answer(name, .silence) }
            return "nameserver \(server.address)\n"
        }
    }

    /// A receiver whose name only one of two name servers knows. While deliverPostback misbehaves, it uses another
    /// `/etc/resolv.conf`. `broken` returns the text of that file, given the other server.
    private static func names(_ scene: Scene, broken: (NameServer) throws -> String) throws -> String {
        let servers: [NameServer]
        do {
            servers = [try NameServer(), try NameServer()]
        } catch {
            throw Skipped(reason: "\(error)")
        }
        let destination = try NamedDestination(servers)
        try scene.network.addFlow("named", to: [destination], isHealthy: false)
        let path = "\(scene.folder.path)/names"
        try FileSystem.makeFolder(path)
        try FileSystem.write(try broken(servers[1]), to: "\(path)/resolv.conf")
        let program = Programs.path("deliverPostback")
        let misled = try OwnMount.wrap(program, in: path, showing: "\(path)/resolv.conf", at: "/etc/resolv.conf")
        return "exec '\(misled)' \"$@\"\nfi\nif true; then\nexec '\(try servers[0].wrap(program))' \"$@\""
    }

    private static func key(_ name: String, _ injects: String, _ id: String, _ byte: UInt8) -> Fault {
        own(name, injects) { scene in
            let target = try PlainDestination()

            try scene.network.addFlow(
                "secret",
                postbacks: [
                    [
                        "conversionStatus": "pending", "httpType": "GET",
                        "url": .string("\(target.url)/secret?t={transaction_id}"),
                        "basicAuth": ["login": "l", "password": "p"],
                    ]
                ], to: [target], isHealthy: false)
            let key = Installation.encryptionKey(id, byte)
            return "POSTBACKS_ENCRYPTION_KEY='\(key)'; export POSTBACKS_ENCRYPTION_KEY; exec \"$REAL\" \"$@\""
        }
    }
}

/// A receiver that speaks TLS, with a certificate of a test authority.
private final class TLSDestination: Destination {
    private let plain: PlainDestination
    private let front: TLSFront
    private let certificates: Certificates
    private let port: TLSFront.Port

    init(_ certificates: Certificates) throws {
        self.certificates = certificates
        plain = try PlainDestination()
        front = try TLSFront()
        port = try front.open(beforePort: Int(plain.receiver.port), .relay(try certificates.make(.good)))
    }

    var url: String { port.url }
    var sightings: [Sighting] { plain.sightings }
}

/// A receiver that is reached by its name.
private final class NamedDestination: Destination {
    private let plain: PlainDestination
    /// The first server knows the name. The others are only kept running.
    private let servers: [NameServer]

    init(_ servers: [NameServer]) throws {
        self.servers = servers
        plain = try PlainDestination()
        try servers[0].answer("own.test", .addresses(["127.0.0.1"]))
    }

    var url: String { "http://own.test:\(plain.receiver.port)" }
    var sightings: [Sighting] { plain.sightings }
}

extension Database {
    /// Finds what was charged to receivers although only this machine was at fault.
    fileprivate func charges() throws -> [Breach] {
        var breaches: [Breach] = []
        for (what, query) in [
            (
                "deliveries that are dead or failed",
                "SELECT count(*) AS value FROM deliveries WHERE state IN ('dead', 'failed')"
            ),
            (
                "attempts that are charged to a receiver",
                "SELECT count(*) AS value FROM attempts WHERE outcome IN ('retry', 'failed')"
            ),
            ("postbacks that are paused", "SELECT count(*) AS value FROM postbacks WHERE paused_at IS NOT NULL"),
            (
                "destinations that are blocked",
                "SELECT count(*) AS value FROM destinations WHERE failures > 0 OR blocks > 0"
            ),
        ] as [(String, Query)] {
            let found = try count(query)
            if found > 0 { breaches.append(Breach(.complete, "\(what): \(found)")) }
        }
        return breaches
    }
}
