import HostileReceiver
import System
import TestSupport

extension Fault {
    static let networkFaults: [Fault] =
        [
            connections("refused", "connections that are refused", "refused"),
            connections("black-holed", "connections to which nobody says anything", "black-holed"),
            connections(
                "reset-before-headers", "connections that end before an answer", "closed-at-once", "reset-at-once",
                "closed-before-answer", "reset-before-answer", "closed-in-status-line", "reset-in-status-line"),
            connections(
                "reset-in-headers", "connections that end within the headers", "closed-behind-status-line",
                "reset-behind-status-line", "closed-in-header", "reset-in-header", "closed-behind-header"),
            connections(
                "reset-in-body", "connections that end within the body", "closed-in-body", "reset-in-body",
                "reset-in-body-without-length", "closed-in-chunk", "reset-in-chunk", "closed-between-chunks"),
            connections(
                "kept-connection-closed", "kept connections that end under the next request, or while they are idle",
                "closed-under-next-request", "closed-while-idle", "reset-while-idle"),
        ] + names + handshakes

    private static func connections(_ name: String, _ injects: String, _ behaviours: String...) -> Fault {
        hostile(name, .network, injects: injects, behaviours.compactMap(Behaviour.named))
    }

    private static let names: [Fault] = [
        name("nobody", "a name that does not exist", .nobody, .retry(.dns)),
        name("silence", "a name server that says nothing", .silence, .retry(.dns, .timeout)),
        name("empty", "a name without an address", .empty, .retry(.dns)),
        name("failure", "a name server that fails", .failure, .retry(.dns)),
        name(
            "change", "a name that leads to an address where nobody is, and then to the right one",
            .addresses(["127.0.0.9"]), .retry(.connect)),
    ]

    private static func name(
        _ name: String, _ injects: String, _ answer: NameServer.Answer, _ due: DueOutcome
    ) -> Fault {
        var fault = hostile("name-\(name)", .network, injects: injects) { receiver, scene in
            let server: NameServer
            do {
                server = try NameServer()
            } catch {
                throw Skipped(reason: "\(error)")
            }
            let program = try server.wrap(Programs.path("deliverPostback"))
            scene.processes.settings["POSTBACKS_FUNCTIONS"] = FileSystem.parent(of: program)
            let site = try receiver.open()
            try server.answer("\(name).test", answer)
            return [
                HostileDestination(
                    name, url: "http://\(name).test:\(site.port)", due: due, slack: 65, receiver: receiver, site: site
                ) { try server.answer("\(name).test", .addresses(["127.0.0.1"])) }
            ]
        }
        // The sender caches an address for one minute.
        fault.setup.schedule = "0.5,1,2,4,8,15,30,30,30"
        fault.setup.patience = 180
        return fault
    }

    private static let handshakes: [Fault] = [
        handshake("expired", "a certificate that has expired", .retry(.tls)) { .relay(try $0.make(.expired)) },
        handshake("self-signed", "a certificate that nobody vouches for", .retry(.tls)) {
            .relay(try $0.make(.selfSigned))
        },
        handshake("wrong-host", "a certificate for another host", .retry(.tls)) { .relay(try $0.make(.wrongHost)) },
        handshake("stalled", "a handshake that does not go on", .retry(.timeout)) { _ in .stall },
        handshake("broken", "bytes that are no TLS", .retry(.tls)) { _ in .garbage },
        handshake("reset", "a handshake that is reset", .retry(.tls)) { _ in .reset },
    ]

    private static func handshake(
        _ name: String, _ injects: String, _ due: DueOutcome,
        _ manner: @escaping @Sendable (Certificates) throws -> TLSFront.Manner
    ) -> Fault {
        hostile("tls-\(name)", .network, injects: injects) { receiver, scene in
            guard Certificates.isPossible else { throw Skipped(reason: "the program openssl is not there") }
            let certificates = try Certificates()
            let good = TLSFront.Manner.relay(try certificates.make(.good))
            scene.processes.settings["POSTBACKS_CA_FILE"] = certificates.authority
            let site = try receiver.open()
            let front = try TLSFront()
            let port = try front.open(before: site, try manner(certificates))
            return [
                HostileDestination(name, url: port.url, due: due, receiver: receiver, site: site) {
                    try withExtendedLifetime(certificates) { try front.become(good, at: port) }
                }
            ]
        }
    }
}
