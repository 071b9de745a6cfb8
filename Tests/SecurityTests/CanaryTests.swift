import Glibc
import JSON
import Postgres
import Receiver
import Secrets
import System
import TestSupport
import TestThreads
import Testing
import Text

/// Tests that secrets occur only in their requests and in the environments of the programs that got them.
@Suite(.ownThreads, .serialized)
struct CanaryTests {
    private static let password = "Kanari-PW §/&=1 ä"
    private static let token = Base64.encode(Array("ada:Kanari-TK-2".utf8))
    private static let key = Base64.encode(Array("Kanari-EK-3 of exactly 32 bytes.".utf8))
    private static let databasePassword = "Kanari-DB§/4"
    private static let signing = ["Kanari-SS-5, the first of them", "Kanari-SS-6, the second of them"]
    private static let headers = [
        "X-Api-Key": "Kanari-AK-7 {click_id}", "Cookie": "session=Kanari-CK-8; a=b", "X-Access-Token": "Kanari-AT-9",
        "X-Client-Secret": "Kanari-CS-10", "X-Signature": "Kanari-SG-11", "X-Password": "Kanari-XP-12",
    ]
    private static let canaries = Canaries([
        "the beginning of a secret": "Kanari-",
        "the password": password, "the token": token, "the token's password": "Kanari-TK-2",
        "the bearer token": "Kanari-BT-13",
        "the encryption key": key, "the encryption key's bytes": "Kanari-EK-3 of exactly 32 bytes.",
        "the database's password": databasePassword, "a signing secret": signing[0],
        "another signing secret": signing[1],
        "an Authorization": "Kanari-AH-14", "a header": "Kanari-AK-7", "a cookie": "Kanari-CK-8",
        "X-Access-Token": "Kanari-AT-9",
        "X-Client-Secret": "Kanari-CS-10", "X-Signature": "Kanari-SG-11", "X-Password": "Kanari-XP-12",
        "a refused secret": "Kanari-RF-15", "a param": "Kanari-PK-16", "a param in a list": "Kanari-PL ä/17",
    ])
    private static var signingSecret: String {
        signing.map { "whsec_\(Base64.encode(Array($0.utf8)))" }.joined(separator: " ")
    }

    private func installation() throws -> Installation {
        let database = try TestDatabase.withTables()
        let encoded = "Kanari-DB%C2%A7%2F4"
        // The socket trusts whoever comes; the password only has to be there.
        let guarded = TestDatabase(
            connectionString: database.connectionString.replacing("://postbacks@", with: "://postbacks:\(encoded)@"))
        return try Installation.sending(
            to: "", on: [], database: guarded,
            environment: ["POSTBACKS_ENCRYPTION_KEY": "k1:\(Self.key)", "LOG_LEVEL": "trace"])
    }

    private var postbacks: [JSON] {
        let headers = JSON.object(Self.headers.map { JSON.Member($0.key, .string($0.value)) })
        let params: JSON = ["api_key": "Kanari-PK-16", "tokens": [["x": "Kanari-PL ä/17"]], "c": "{click_id}"]
        let flat: JSON = ["api_key": "Kanari-PK-16", "token": ["Kanari-PL ä/17"]]
        return [
            [
                "basicAuth": ["login": "ada", "password": .string(Self.password)], "requestHeaders": headers,
                "requestParams": params,
                "signingSecret": .string(Self.signingSecret), "httpType": "POST(JSON)",
            ],
            ["basicAuth": ["token": .string(Self.token)], "httpType": "GET", "requestParams": flat],
            [
                "basicAuth": ["token": "Kanari-BT-13", "scheme": "Bearer"], "httpType": "POST(FORM)",
                "requestParams": flat,
            ],
            ["requestHeaders": ["Authorization": "Digest Kanari-AH-14"], "httpType": "GET"],
        ]
    }

    /// Calls a function; neither its output nor its log may have a canary, whatever comes of it.
    @discardableResult
    private func call(
        _ installation: Installation, _ function: String, _ input: String, _ environment: [String: String] = [:]
    ) throws -> FunctionCall {
        let call = try installation.call(function, input, environment: environment)
        Self.canaries.expectNone(call.text, "the answer of \(function)")
        Self.canaries.expectNone(call.log, "the log of \(function)")
        return call
    }

    /// The requests that the receiver of each postback gets.
    private var sent: [[String]] {
        let login = "Basic \(Base64.encode(Array("ada:\(Self.password)".utf8)))"
        return [
            [login, Self.password, "Kanari-AK-7 c1"] + Self.headers.filter { $0.key != "X-Api-Key" }.values.sorted(),
            ["Basic \(Self.token)", Self.token, "Kanari-TK-2"],
            ["Bearer Kanari-BT-13", "Kanari-BT-13", "Kanari-PL ä/17", "Kanari-PK-16"],
            ["Digest Kanari-AH-14"],
        ]
    }

    /// Repeats what it was sent: in the status line, in a header's name and value, raw and encoded in the body.
    private func echoing(_ sent: [String]) throws -> RunningReceiver {
        let name = sent.last { $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "=") } }
        let header = name.map { "\($0): x\r\n" } ?? ""
        let encoded = sent.map { Base64.encode(Array($0.utf8)) } + sent.map { JSON.string($0).encodedText }
        let head = "HTTP/1.1 502 \(sent[0])\r\nX-Echo: \(sent[0])\r\n\(header)Connection: close\r\n\r\n"
        let body = (sent + encoded).joined(separator: "\n")
        return try RunningReceiver(ReceiverBehaviour(manner: .bytes(Array("\(head)\(body)".utf8))))
    }

    /// The kept 4 KiB of its answer end in the middle of a secret.
    private func cutting(_ sent: [String]) throws -> RunningReceiver {
        let padding = String(repeating: ".", count: 4096 - sent[0].utf8.count + 3)
        let answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\(padding)\(sent[0]) and more"
        return try RunningReceiver(ReceiverBehaviour(manner: .bytes(Array(answer.utf8))))
    }

    @Test func `of whatever is delivered, refused, repeated or dead, no secret stays behind`() throws {
        let installation = try installation()
        let good = try RunningReceiver()
        let refusing = try RunningReceiver(ReceiverBehaviour(statuses: [403]))
        let failing = try RunningReceiver(ReceiverBehaviour(statuses: [500]))
        let gone = try RunningReceiver(ReceiverBehaviour(manner: .reset))
        let repeating = try sent.map(echoing) + sent.map(cutting)
        for (number, postback) in postbacks.enumerated() {
            for receiver in [good, refusing, failing, gone, repeating[number], repeating[number + 4]] {
                let more: JSON = [
                    "offerId": "o", "affiliateId": "a", "conversionStatus": "pending",
                    "url": .string("\(receiver.url)/{click_id}"),
                ]
                let created = try call(installation, "createPostback", more.merging(postback).encodedText)
                #expect(created.status == .exited(0), "\(created.text)")
            }
        }
        let poller = try RunningPoller(installation, ["POSTBACKS_RETRY_SCHEDULE": "0", "LOG_LEVEL": "trace"])
        try call(installation, "recordConversion", #"{"offerId":"o","affiliateId":"a","clickId":"c1"}"#)
        for (count, state) in [(8, "delivered"), (4, "failed"), (12, "dead")] {
            try installation.wait(for: count, in: state)
        }
        try expectOnlyTheGivenHaveThem(poller)

        // The secrets were really sent.
        #expect(good.requests.contains { $0.header("Authorization") == "Bearer Kanari-BT-13" })
        #expect(good.requests.contains { $0.header("X-Api-Key") == "Kanari-AK-7 c1" })
        try provokeErrors(installation)
        let replacement = #"{"from":"\#(refusing.url)","to":"http://127.0.0.1:2"}"#
        for (function, input) in [
            ("listPostbacks", "{}"), ("listDeliveries", "{}"), ("listConversions", "{}"), ("listOffers", "{}"),
            ("listDestinations", "{}"), ("findRecords", #"{"text":"1"}"#),
            ("showHealth", "{}"), ("listAffiliates", "{}"), ("explainConversion", #"{"conversionId":1}"#),
            ("previewPostback", #"{"postbackId":1,"conversionId":1}"#),
            ("updatePostback", #"{"postbackId":1,"resume":true}"#),
            ("updatePostbacks", #"{"filter":{"postbackIds":[2]},"changes":{"replaceOrigin":\#(replacement)}}"#),
            ("configureDestination", #"{"destination":"http://127.0.0.1:2","maxInFlight":1}"#),
            ("resendDeliveries", #"{"deliveryIds":[1],"force":true}"#),
            ("backfillPostback", #"{"postbackId":1,"since":"2020-01-01T00:00:00Z"}"#),
            ("deletePostback", #"{"postbackId":2}"#),
        ] { #expect(try call(installation, function, input).status == .exited(0), "\(function)") }
        try runTheProgram(installation)

        // Secrets that cannot be opened, and a process that ends in the middle.
        let connection = try installation.database.connect()
        _ = try connection.run(
            "UPDATE postbacks SET basic_auth = (SELECT basic_auth FROM postbacks WHERE id = 2) WHERE id = 1")
        gone.behave(ReceiverBehaviour(manner: .silence))
        try call(
            installation, "recordConversion", #"{"offerId":"o","affiliateId":"a","clickId":"c1","transactionId":"t2"}"#)
        try waitUntil("a secret that does not open") {
            try !connection.run("SELECT FROM attempts WHERE error ->> 'code' = 'secret'").isEmpty
        }
        for signal in [SIGSEGV, SIGABRT] {
            try waitUntil("a delivery process") { poller.deliveryProcess != nil }
            let process = try #require(poller.deliveryProcess)
            Signals.send(signal, to: process)
            try waitUntil("its end") { poller.deliveryProcess != process }
        }
        poller.send(SIGTERM)
        #expect(try poller.waitForEnd() == .exited(0))
        Self.canaries.expectNone(try poller.log, "the poller's log")
        try expectNoneAtTheServer(connection)
        try Self.canaries.expectNone(in: installation.database)
    }

    /// The key is the poller's and its delivery process's; the database's password is the poller's alone.
    private func expectOnlyTheGivenHaveThem(_ poller: RunningPoller) throws {
        let key = Canaries(["the key": Self.key])
        let database = Canaries(["the database's password": "Kanari-DB%C2%A7%2F4"])
        let delivery = try #require(poller.deliveryProcess)
        for process in FileSystem.names(in: "/proc").compactMap({ CInt($0) }) {
            func read(_ name: String) -> String {
                String(decoding: (try? FileSystem.read("/proc/\(process)/\(name)")) ?? [], as: UTF8.self)
            }
            let arguments = read("cmdline")
            Self.canaries.expectNone(arguments, "the arguments of \(process)")
            database.expectNone(arguments, "the arguments of \(process)")
            if process == poller.pid { continue }
            let variables = read("environ")
            database.expectNone(variables, "the environment of \(process), \(arguments)")
            #expect((key.found(in: variables) != nil) == (process == delivery), "\(process): \(arguments)")
        }
    }

    /// The log of the server, and its list of sessions.
    private func expectNoneAtTheServer(_ connection: Connection) throws {
        let rows = try connection.run(
            "SELECT current_setting('unix_socket_directories') AS socket, (SELECT string_agg(s::text, ' ') FROM pg_stat_activity s) AS sessions"
        )
        Self.canaries.expectNone(rows.first?.text("sessions") ?? "", "pg_stat_activity")
        let log = try FileSystem.read("\(FileSystem.parent(of: rows.first?.text("socket") ?? ""))/postgres.log")
        #expect(!log.isEmpty)
        Self.canaries.expectNone(String(decoding: log, as: UTF8.self), "the server's log")
    }

    private func provokeErrors(_ installation: Installation) throws {
        let secret = "Kanari-RF-15"
        let inputs = [
            #"{"basicAuth":{"login":"a","password":"\#(secret)"#,
            #"{"basicAuth":{"password":"\#(secret)","password":"\#(secret)"}}"#,
            #"{"basicAuth":"\#(secret)"}"#, #"{"basicAuth":["\#(secret)"]}"#,
            #"{"basicAuth":{"password":{"is":"\#(secret)"}}}"#,
            #"{"basicAuth":{"token":"\#(secret) §"}}"#, #"{"basicAuth":{"token":"\#(secret)","scheme":"Digest"}}"#,
            #"{"basicAuth":{"token":"\#(secret)","password":"\#(secret)"}}"#, #"{"signingSecret":"whsec_\#(secret)"}"#,
            #"{"signingSecret":["\#(secret)"]}"#, #"{"requestHeaders":{"X-Api-Key":"\#(secret) {nonsense}"}}"#,
            #"{"requestHeaders":{"X-Api-Key":["\#(secret)"]}}"#, #"{"requestHeaders":{"Cookie":"\#(secret)\r\nX: 1"}}"#,
            #"{"requestHeaders":{"Proxy-Authorization":"\#(secret)"}}"#, #"{"requestHeaders":"\#(secret)"}"#,
            #"{"basicAuth":{"password":"\#(secret)\u0000"}}"#, #"\#(secret)"#,
        ]
        for input in inputs {
            for function in ["createPostback", "updatePostback", "previewPostback"] {
                let call = try call(installation, function, input)
                #expect(call.code?.hasPrefix("invalid_") == true, "\(input): \(call.text)")
            }
            try call(installation, "deliverPostback", #"{"deliveryId":1,"attempt":1,"postback":\#(input)}"#)
        }
        let address = "postgresql://postbacks:\(secret)@127.0.0.1:1/x"
        for url in [
            address, "postgresql://postbacks:\(secret)@@:x/", "password=\(secret) =",
            "host=127.0.0.1 port=1 password=\(secret)",
        ] {
            let call = try call(installation, "listOffers", "{}", ["DATABASE_URL": url])
            #expect(["unavailable", "misconfigured"].contains(call.code), "\(call.text)")
            let outcome = try Programs.run(
                "postbacks", ["doctor"], environment: installation.environment.merging(["DATABASE_URL": url]) { $1 })
            Self.canaries.expectNone(outcome.text + outcome.errorText, "doctor")
        }
        for keys in ["x:\(secret)", "\(secret)!:\(Self.key)", "a:\(Self.key),a:\(Self.key)", "\(Self.key)x"] {
            let call = try call(installation, "createPostback", "{}", ["POSTBACKS_ENCRYPTION_KEY": keys])
            #expect(call.status != .exited(0))
        }
    }

    private func runTheProgram(_ installation: Installation) throws {
        let folder = try TemporaryFolder()
        let environment = installation.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 }
        for arguments in [
            ["doctor"], ["rekey"], ["migrate"],
            ["export", "deliveries", "--format", "jsonl", "--output", "\(folder.path)/d.jsonl"],
            ["export", "conversions", "--output", "\(folder.path)/c.csv"],
            ["export", "deliveries", "--output", "\(folder.path)/d.csv"],
        ] {
            let outcome = try Programs.run("postbacks", arguments, environment: environment)
            #expect(outcome.status == .exited(0), "\(arguments): \(outcome.text)\(outcome.errorText)")
            Self.canaries.expectNone(outcome.text + outcome.errorText, "\(arguments)")
        }
        for name in FileSystem.names(in: folder.path) {
            let file = try FileSystem.read("\(folder.path)/\(name)")
            #expect(file.count > 100)
            Self.canaries.expectNone(String(decoding: file, as: UTF8.self), name)
        }
    }

    @Test(arguments: ["deliverPostback", "createPostback"])
    func `a function that crashes leaves no core dump and no backtrace with its secrets`(function: String) throws {
        let installation = try installation()
        let folder = try TemporaryFolder()
        // An input that never ends, with a secret in it; then a crash. It is longer than what a pipe holds, so that the crash
        // comes once the function has read the secret.
        let script = """
            ulimit -c unlimited; cd '\(folder.path)'
            export SWIFT_BACKTRACE=enable=no; mkfifo input; '\(Programs.path(function))' <input >output 2>&1 & exec 3>input
            printf '{"basicAuth":{"password":"Kanari-RF-15%0200000d' 0 >&3; kill -SEGV $!; wait $!; echo $? >status
            """
        let outcome = try ChildProcess.run(
            "/bin/bash", ["-c", script], environment: Programs.environment(installation.environment),
            timeout: .seconds(120))
        #expect(String(decoding: try FileSystem.read("\(folder.path)/status"), as: UTF8.self) == "139\n")
        #expect(!outcome.errorText.contains("core dumped"), "\(outcome.errorText)")
        #expect(FileSystem.names(in: folder.path) == ["input", "output", "status"])
        let output = String(decoding: try FileSystem.read("\(folder.path)/output"), as: UTF8.self)
        Self.canaries.expectNone(output + outcome.errorText, "what it left")
    }

    @Test func `a function gets the key only if it has to do with secrets, and the database only if it needs one`()
        throws
    {
        let installation = try installation()
        let folder = try TemporaryFolder()
        let names = [
            "createPostback", "updatePostback", "previewPostback", "deliverPostback", "recordConversion",
            "listPostbacks",
        ]
        for name in names { try FileSystem.write("#!/bin/sh\nexec env\n", to: "\(folder.path)/\(name)", mode: 0o755) }
        let environment = installation.environment.merging([
            "POSTBACKS_FUNCTIONS": folder.path, "PGPASSWORD": Self.databasePassword, "PGPASSFILE": "/nowhere",
        ]) { $1 }
        for name in names {
            let outcome = try Programs.run("postbacks", ["invoke", name], environment: environment)
            #expect(outcome.status == .exited(0), "\(outcome.errorText)")
            let hasSecrets = ["createPostback", "updatePostback", "previewPostback", "deliverPostback"].contains(name)
            #expect(outcome.text.contains(Self.key) == hasSecrets, "\(name)")
            #expect(outcome.text.contains("DATABASE_URL=") == (name != "deliverPostback"), "\(name)")
            #expect(outcome.text.contains("PGPASS") == (name != "deliverPostback"), "\(name)")
        }
    }
}
