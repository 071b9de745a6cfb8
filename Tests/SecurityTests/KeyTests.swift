import EmbeddedPostgres
import Glibc
import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests that programs with secrets do not run without a key, and that no secret is stored unencrypted.
@Suite(.ownThreads) struct KeyTests {
    private static let none = ["POSTBACKS_ENCRYPTION_KEY": ""]

    @Test(arguments: ["up", "poll"])
    func `with a database of one's own nothing starts without a key, and the message says how to make one`(
        command: String
    ) throws {
        let installation = try Installation.make(Self.none)
        let outcome = try Programs.run("postbacks", [command], environment: installation.environment)
        #expect(outcome.status == .exited(78))
        #expect(outcome.errorText.contains("POSTBACKS_ENCRYPTION_KEY is not set"))
        #expect(outcome.errorText.contains("openssl rand -base64 32"))
        #expect(!outcome.errorText.contains("poller started"))
    }

    @Test(arguments: ["up", "poll"]) func `a key that is none is told by its place and not repeated`(
        command: String
    ) throws {
        let installation = try Installation.make(["POSTBACKS_ENCRYPTION_KEY": "a:c2VjcmV0,b:aGlkZGVu"])
        let outcome = try Programs.run("postbacks", [command], environment: installation.environment)
        #expect(outcome.status == .exited(78))
        #expect(outcome.errorText.contains("POSTBACKS_ENCRYPTION_KEY"))
        #expect(!outcome.errorText.contains("c2VjcmV0") && !outcome.errorText.contains("aGlkZGVu"))
    }

    @Test func `without a key a postback with a secret is refused and not stored, and one without works`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1", environment: Self.none)
        let plain: JSON = [
            "offerId": "o", "affiliateId": "a", "conversionStatus": "done", "httpType": "GET",
            "url": "http://127.0.0.1:1/?s={status}",
        ]
        for secret in [
            ["basicAuth": ["login": "a", "password": "canary"]], ["basicAuth": ["token": "canary"]],
            ["requestHeaders": ["X-Api-Key": "canary"]],
            ["signingSecret": "whsec_Y2FuYXJ5LXNpZ25pbmctMTIzNDU2Nzg5MA=="],
        ] as [JSON] {
            let created = try installation.refusal(of: "createPostback", plain.merging(secret))
            let updated = try installation.refusal(of: "updatePostback", secret.merging(["postbackId": 1]))
            let previewed = try installation.refusal(of: "previewPostback", plain.merging(secret))
            for call in [created, updated, previewed] {
                #expect(call.code == "misconfigured")
                #expect(call.status == .exited(78))
                #expect(call.message.contains("POSTBACKS_ENCRYPTION_KEY"))
            }
        }
        #expect(try installation.count("postbacks") == 1)
        #expect(
            try installation.value(
                "SELECT count(*)::text AS value FROM postbacks WHERE num_nonnulls(basic_auth, signing_secret) > 0")
                == "0")
        try installation.ask("createPostback", plain)
        try installation.ask("updatePostback", ["postbackId": 1, "active": false])
        #expect(try installation.count("postbacks") == 2)
    }

    @Test func `the embedded default makes its own key, for its user alone, once, and never in place of a lost one`()
        throws
    {
        let folder = try TemporaryFolder()
        let home = "\(folder.path)/home"
        let file = "\(home)/encryption-key"
        let environment = ["POSTBACKS_HOME": home, "POSTBACKS_FUNCTIONS": Programs.folder]
        try run(environment) {
            #expect(FileSystem.ownership(of: file)?.mode == 0o600)
            #expect(FileSystem.kind(of: "\(file).new") == nil)
            let input: JSON = [
                "offerId": "o", "affiliateId": "a", "conversionStatus": "done", "httpType": "GET",
                "url": "https://example.com/?s={status}", "basicAuth": ["token": "canary"],
            ]
            for (function, input) in [
                ("configureOffer", ["offerId": "o"]), ("configureAffiliate", ["affiliateId": "a"]),
                ("createPostback", input),
            ] as [(String, JSON)] {
                let outcome = try Programs.run(
                    "postbacks", ["invoke", function], input: input.encodedText, environment: environment)
                #expect(outcome.status == .exited(0), "\(outcome.text)\(outcome.errorText)")
            }
            let doctor = try Programs.run("postbacks", ["doctor"], environment: environment)
            #expect(doctor.text.contains("1 sealed") && !doctor.text.contains("✗"), "\(doctor.text)")
            try FileSystem.setMode(0o644, of: file)
            let open = try Programs.run("postbacks", ["doctor"], environment: environment)
            #expect(open.status == .exited(1))
            #expect(open.text.contains("chmod 600 \(file)"))
            try FileSystem.setMode(0o600, of: file)
        }
        let key = try FileSystem.read(file)
        try run(environment) {
            let kept = try FileSystem.read(file)
            #expect(kept == key)
        }
        try FileSystem.remove(file)
        let outcome = try Programs.run("postbacks", ["up", "--no-gateway"], environment: environment)
        #expect(outcome.status == .exited(78))
        #expect(outcome.errorText.contains("\(file) is missing, and it has sealed 1 secrets"))
        #expect(FileSystem.kind(of: file) == nil)
    }

    @Test func `what up prints sets the shell right, whatever stands in the home's path`() throws {
        let folder = try TemporaryFolder()
        let home = "\(folder.path)/it's $HOME `x` \\ and more"
        let environment = ["POSTBACKS_HOME": home, "POSTBACKS_FUNCTIONS": Programs.folder]
        try run(environment) { log in
            let lines = try log().split(separator: "\n").filter { $0.hasPrefix("  export ") }
            #expect(lines.count == 3)
            let script =
                lines.joined(separator: "\n")
                + "\nprintf %s \"$POSTBACKS_ENCRYPTION_KEY_FILE\" && exec configureAffiliate"
            let outcome = try ChildProcess.run(
                "/bin/sh", ["-c", script], environment: Programs.environment(),
                input: Array(#"{"affiliateId":"a"}"#.utf8), timeout: .seconds(60))
            #expect(outcome.status == .exited(0), "\(outcome.text)\(outcome.errorText)")
            #expect(outcome.text.hasPrefix("\(home)/encryption-key{\"affiliate\""), "\(outcome.text)")
        }
    }

    @Test(arguments: ["benchmarks", "postbacks", "../debug/recordConversion", "/bin/cat", "faults", ""])
    func `invoke runs functions and nothing else`(name: String) throws {
        let outcome = try Programs.run(
            "postbacks", ["invoke", name], input: "{}", environment: ["POSTBACKS_FUNCTIONS": Programs.folder])
        #expect(outcome.status == .exited(64))
        #expect(outcome.errorText.contains("there is no function"))
    }

    /// Runs `postbacks up` for as long as the body does something with it.
    private func run(_ environment: [String: String], _ body: () throws -> Void) throws {
        try run(environment) { _ in try body() }
    }

    /// The body can read what it has said.
    private func run(_ environment: [String: String], _ body: (() throws -> String) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let log = try Descriptor.open("\(folder.path)/log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let up = try ChildProcess(
            Programs.path("postbacks"), ["up", "--no-gateway"], environment: Programs.environment(environment),
            output: .null,
            errorOutput: .descriptor(log))
        defer {
            up.terminate(SIGTERM)
            _ = try? up.wait()
        }
        try waitUntil("it runs", timeoutSeconds: 120) {
            let said = String(decoding: try FileSystem.read("\(folder.path)/log"), as: UTF8.self)
            if try up.poll() != nil { throw DidNotHappen(description: said) }
            return said.contains("poller started")
        }
        try body { String(decoding: try FileSystem.read("\(folder.path)/log"), as: UTF8.self) }
    }

    @Test func `doctor names a key that has sealed something and is not configured`() throws {
        let old = Installation.encryptionKey("old", 1)
        let installation = try Installation.sending(
            to: "http://127.0.0.1:1", environment: ["POSTBACKS_ENCRYPTION_KEY": old])
        try installation.ask("updatePostback", ["postbackId": 1, "basicAuth": ["token": "canary"]])
        func doctor(_ keys: String) throws -> ChildProcess.Outcome {
            try Programs.run(
                "postbacks", ["doctor"],
                environment: installation.environment.merging(["POSTBACKS_ENCRYPTION_KEY": keys]) { $1 })
        }
        let new = Installation.encryptionKey("new", 2)
        let missing = try doctor(new)
        #expect(missing.status == .exited(1))
        #expect(
            missing.text.inOneLine.contains(
                "1 secrets are sealed with the key old, which POSTBACKS_ENCRYPTION_KEY does not have: put it back"))
        let both = try doctor("\(new),\(old)")
        #expect(both.status == .exited(0), "\(both.text)")
        #expect(both.text.inOneLine.contains("1 with the key old: postbacks rekey"))
    }
}
