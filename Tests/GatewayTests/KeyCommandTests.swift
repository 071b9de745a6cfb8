import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests `postbacks keys`.
@Suite(.ownThreads) struct KeyCommandTests {
    private let installation: Installation

    init() throws { installation = try Installation.make() }

    private func run(_ arguments: String...) throws -> ChildProcess.Outcome {
        try Programs.run("postbacks", ["keys"] + arguments, environment: installation.environment)
    }

    @Test func `a key is printed once, listed without its secret, and revoked once`() throws {
        #expect(try run("list").text.contains("no key exists"))
        let created = try run("create", "--name", "tracker", "--scope", "record", "--expires", "90d")
        #expect(created.status == .exited(0))
        let key = String(created.text.dropLast())
        #expect(key.hasPrefix("pbk_1_") && key.utf8.count == 70)
        #expect(created.errorText.contains("it cannot be shown again"))
        let listed = try run("list", "--json")
        #expect(!listed.text.contains(key.suffix(64)))
        let first = try #require(try JSON(parsing: listed.output)["keys"]?.items.first)
        #expect(first["name"] == "tracker" && first["scope"] == "record" && first["state"] == "valid")
        #expect(first["expiresAt"]?.text?.hasSuffix("Z") == true && first["usedAt"] == .null)
        #expect(try run("revoke", "1").errorText.contains("is revoked"))
        #expect(try run("revoke", "1").errorText.contains("was revoked before"))
        #expect(try run("list").text.contains("revoked"))
        let missing = try run("revoke", "7")
        #expect(missing.status == .exited(66) && missing.errorText.contains("there is no key 7"))
        // No column has the secret.
        let row = try installation.value("SELECT row_to_json(k)::text AS value FROM api_keys k")
        #expect(row?.contains(key.suffix(64)) == false)
    }

    @Test func `a key is limited to an affiliate and an offer that exist, and the list shows them`() throws {
        try installation.configure(offer: ["offerId": 7])
        for (words, message) in [
            (["--affiliate", "b"], "there is no affiliate \"b\""), (["--offer", "o"], "there is no offer \"o\""),
        ] {
            let outcome = try Programs.run(
                "postbacks", ["keys", "create", "--name", "k", "--scope", "read"] + words,
                environment: installation.environment)
            #expect(outcome.status == .exited(66) && outcome.text == "")
            #expect(outcome.errorText.contains(message), "\(outcome.errorText)")
        }
        #expect(try installation.count("api_keys") == 0)
        let created = try run("create", "--name", "k", "--scope", "read", "--affiliate", " a\u{a0}", "--offer", "7")
        #expect(created.errorText.contains("limited to the affiliate a and the offer 7"), "\(created.errorText)")
        _ = try run("create", "--name", "k", "--scope", "manage", "--offer", "7")
        let keys = try JSON(parsing: try run("list", "--json").output)["keys"]?.items ?? []
        #expect(keys.map { $0["affiliateId"] } == ["a", .null] && keys.map { $0["offerId"] } == ["7", "7"])
        #expect(try run("list").text.contains("AFFILIATE"))
        let doctor = try Programs.run("postbacks", ["doctor", "--json"], environment: installation.environment)
        #expect(doctor.text.contains("2 of 2 are valid, 2 of them for one affiliate or offer only"), "\(doctor.text)")
        #expect(doctor.text.contains("none has the scope manage without a limit"))
    }

    @Test(arguments: [
        (["--name", "", "--scope", "read"], "--name must"),
        (["--name", "k", "--scope", "all"], "record, read or manage"),
        (["--name", "k", "--scope", "read", "--expires", "soon"], "such as 90d"),
        (["--name", "k", "--scope", "read", "--expires", "0d"], "such as 90d"), (["--scope", "read"], "--name"),
        (["--name", "k", "--scope", "read", "--affiliate", "*"], "--affiliate must not be \"*\""),
        (["--name", "k", "--scope", "read", "--offer", " "], "--offer must"),
    ])
    func `wrong words are named, and no key is made`(words: [String], message: String) throws {
        let outcome = try Programs.run("postbacks", ["keys", "create"] + words, environment: installation.environment)
        #expect(outcome.status == .exited(64))
        #expect(outcome.errorText.contains(message), "\(outcome.errorText)")
        #expect(outcome.text == "")
        #expect(try installation.count("api_keys") == 0)
    }
}
