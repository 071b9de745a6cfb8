import FaultLedger
import JSON
import Postgres
import Synchronization
import System
import TestSupport

/// Rows that cannot be processed, among healthy ones to the same destination. Each must end with a visible error, and
/// must not delay the others.
extension Fault {
    static let poisonFaults = [poison]

    private static let poison: Fault = {
        var fault = Fault(
            name: "poison", group: .load,
            injects:
                "ciphertexts that were changed, a key that is away, templates that do not parse, payloads that are no snapshot"
        ) { scene in
            let connection = try scene.database.connect()
            let rounds = scene.effort.rounds(short: 2, full: 6)
            for round in 0..<rounds {
                scene.watch.during(.calm) { scene.pause(scene.effort.isShort ? 3 : 10) }
                if round == 0 {
                    for poison in Poison.settings { try poison.changePostback(on: connection) }
                    scene.load.state.withLock { $0.offers += Poison.settings.map(\.offer) }
                }
                try scene.watch.during(.faulty) {
                    for _ in 0..<(scene.effort.isShort ? 3 : 10) {
                        for poison in Poison.payloads where poison != .payloadHuge {
                            try scene.network.record(poison, on: connection)
                        }
                        scene.pause(1)
                    }
                }
                // This line is longer than any line may be, and than any that a function has recorded. A debug build
                // needs half a second to read it, so it is recorded outside the measured time.
                try scene.network.record(.payloadHuge, on: connection)
                scene.notes.countRound()
                guard round == 0 else { continue }
                // The key returns before the deliveries that need it are dead.
                try scene.processes.endPollers()
                scene.processes.settings["POSTBACKS_ENCRYPTION_KEY"] = Poison.bothKeys
                try scene.processes.startPoller()
            }
        }
        // The schedule is long enough for the key to return.
        fault.setup.schedule = "0.2,0.3,0.5,1,1,2,3,5,5,5,10"
        fault.setup.latencyFactor = 2
        fault.prepare = { scene in
            guard let target = scene.network.destinations.first else { return }
            // This flow proves that the key is right, so that a ciphertext that cannot be opened was changed.
            let secret: JSON = [
                "conversionStatus": "pending", "httpType": "GET",
                "url": .string("\(target.url)/secret?t={transaction_id}"),
                "basicAuth": ["login": "l", "password": "p"],
            ]
            try scene.network.addFlow("healthy-secret", postbacks: [secret], to: [], isHealthy: true)
            for poison in Poison.settings + Poison.payloads {
                let keys = poison == .missingKey ? ["POSTBACKS_ENCRYPTION_KEY": Poison.otherKey] : [:]
                try scene.network.addFlow(poison, to: target, environment: keys)
            }
        }
        fault.confirm = { scene in
            try (Poison.settings + Poison.payloads).flatMap { try scene.database.judge($0) } + judgeProcess(scene)
        }
        return fault
    }()

    private static func judgeProcess(_ scene: Scene) throws -> [Breach] {
        var breaches: [Breach] = []
        if scene.processes.log.contains("the delivery process ended") {
            breaches.append(Breach(.complete, "a delivery process has ended"))
        }
        if try scene.database.unknownAttempts() > 0 {
            breaches.append(Breach(.recordedRequests, "the outcome of attempts is unknown"))
        }
        return breaches
    }
}

/// The kinds of rows that cannot be processed.
private enum Poison: String, CaseIterable {
    case changedCiphertext, missingKey, missingKeyID, noSeal
    case brokenURL, brokenMacro, brokenParams, brokenType
    case payloadNull, payloadNumber, payloadList, payloadEmpty, payloadDeep, payloadTwice, payloadNUL, payloadHuge,
        payloadTwoLines

    static let settings = allCases.filter { $0.payload == nil }
    static let payloads = allCases.filter { $0.payload != nil }
    static let otherKey = Installation.encryptionKey("other", 9)
    static let bothKeys = "\(Installation.encryptionKey("test", 7)),\(otherKey)"

    var offer: String { "poison-\(rawValue)" }

    /// The SQL that changes the postback; nil for a kind that changes the payload.
    var change: String? {
        switch self {
        // Replaces the last eight characters of the ciphertext.
        case .changedCiphertext:
            """
            basic_auth = json_build_object('login', 'l', 'password', json_build_object('sealed',
                regexp_replace(basic_auth -> 'password' ->> 'sealed', '.{8}$', 'AAAAAAAA')))
            """
        case .missingKeyID:
            #"basic_auth = '{"login":"l","password":{"sealed":"nobody:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}'"#
        case .noSeal: #"basic_auth = '{"login":"l","password":{"sealed":""}}'"#
        case .brokenURL: "url = 'http://{nobody/'"
        case .brokenMacro: "url = url || '&x={no_such_macro}'"
        case .brokenParams: #"request_params = '[1, {"a": "{click_id"}]'"#
        case .brokenType: #"request_headers = '{"X": 5}'"#
        default: nil
        }
    }

    /// Changes the postback; does nothing for a kind that changes the payload.
    func changePostback(on connection: Connection) throws {
        guard let change else { return }
        let sql = "UPDATE postbacks SET \(change) WHERE offer_id = '\(offer)'"
        _ = try connection.run(Statement(name: "", sql: sql), [])
    }

    /// The SQL value that replaces the snapshot; nil for a kind that changes the postback.
    var payload: String? {
        switch self {
        case .payloadNull: "'null'"
        case .payloadNumber: "'5'"
        case .payloadList: "'[]'"
        case .payloadEmpty: "'{}'"
        case .payloadDeep: "(repeat('[', 1000) || repeat(']', 1000))::json"
        case .payloadTwice: #"'{"id":1,"id":2}'"#
        case .payloadNUL: #"'{"clickId":"\u0000"}'"#
        case .payloadHuge: "json_build_object('clickId', repeat('x', 6000000))"
        case .payloadTwoLines: "E'{\\n\\n\"id\":5}'"
        default: nil
        }
    }

    /// The expected state of the deliveries, and the expected code of the error.
    var end: (state: String, code: String?) {
        switch self {
        case .missingKey: ("delivered", nil)
        // These are tried again, because the secret may be repaired meanwhile.
        case .changedCiphertext, .missingKeyID, .noSeal: ("dead", "secret")
        default: ("failed", "internal")
        }
    }
}

extension Network {
    fileprivate func addFlow(
        _ poison: Poison, to target: any Destination, environment: [String: String]
    ) throws {
        let postback: JSON = [
            "conversionStatus": "pending", "httpType": "GET",
            "url": .string("\(target.url)/\(poison.rawValue)?t={transaction_id}"),
            "basicAuth": ["login": "l", "password": "p"],
        ]
        // The flow gets no conversions before its postback is changed.
        try addFlow(
            poison.offer, postbacks: [postback], to: [], isHealthy: false, share: 0, environment: environment)
    }

    fileprivate func record(_ poison: Poison, on connection: Connection) throws {
        guard let payload = poison.payload else { return }
        _ = try connection.run("BEGIN")
        try recordSilently(poison == .payloadHuge ? 1 : 3, of: poison.offer, on: connection)
        let sql = """
            UPDATE events SET payload = \(payload)
            WHERE conversion_id IN (SELECT id FROM conversions WHERE offer_id = '\(poison.offer)')
                AND xmin = pg_current_xact_id()::xid
            """
        _ = try connection.run(Statement(name: "", sql: sql), [])
        _ = try connection.run("COMMIT")
    }

}

extension Database {
    /// Checks that each delivery has the expected state, or is held because ten earlier ones are dead (R13).
    fileprivate func judge(_ poison: Poison) throws -> [Breach] {
        let rows = try connect().run(
            """
            SELECT d.id, d.state, d.error_code, p.paused_at IS NOT NULL AS is_paused,
                (SELECT error ->> 'message' FROM attempts a WHERE a.delivery_id = d.id ORDER BY lease_no DESC LIMIT 1) AS message
            FROM delivery_log d JOIN postbacks p ON p.id = d.postback_id WHERE p.offer_id = \(poison.offer)
            """)
        let end = poison.end
        let wrong = rows.filter { row in
            if row.text("state") == end.state, row.text("error_code") == end.code { return false }
            return !(end.state == "dead" && row.text("state") == "held" && row.bool("is_paused") == true)
        }
        if let row = rows.last {
            say("  \(poison.rawValue): \(rows.count), \(end.state): \(row.text("message") ?? "")")
        }
        var breaches: [Breach] = []
        if let row = wrong.first {
            let found = "\(row.text("state") ?? "") \(row.text("error_code") ?? "")"
            breaches.append(
                Breach(.complete, "\(poison.rawValue) came to \(found)", ids: wrong.compactMap { $0.integer("id") }))
        }
        if !rows.contains(where: { $0.text("state") == end.state }) {
            breaches.append(Breach(.complete, "\(poison.rawValue) was never met"))
        }
        return breaches
    }
}
