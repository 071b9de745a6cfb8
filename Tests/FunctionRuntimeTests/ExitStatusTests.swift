import Foundation
import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests every error code and its exit status with real functions.
@Suite(.ownThreads) struct ExitStatusTests {
    private let ada = #"{"affiliateId":"ada"}"#

    private func expect(_ call: FunctionCall, _ code: String, exits status: CInt, retryable: Bool = false) {
        #expect(call.code == code, "\(call.text)")
        #expect(call.status == .exited(status))
        #expect(call.answer.at("error.retryable") == .bool(retryable))
        #expect(call.text.hasSuffix("}\n"))
        #expect(call.text.filter { $0 == "\n" }.count == 1)
    }

    private func run(_ input: String, _ environment: [String: String] = [:]) throws -> FunctionCall {
        FunctionCall(try Programs.run("configureAffiliate", input: input, environment: environment))
    }

    @Test func `done is 0, with one object and a newline, and nothing on standard error`() throws {
        let call = try Installation.make().call("configureAffiliate", ada)
        #expect(call.status == .exited(0))
        #expect(call.answer.at("affiliate.name") == "ada")
        #expect(call.text.hasPrefix("{") && call.text.hasSuffix("}\n"))
        #expect(call.text.filter { $0 == "\n" }.count == 1)
        #expect(call.log == "")
    }

    @Test(arguments: [
        "", " ", "nonsense", "[]", "\"ada\"", "1", "null", #"{"affiliateId":"a","affiliateId":"b"}"#,
        #"{"affiliateId":"a"}{}"#,
        #"{"affiliateId":"a\u0000"}"#, #"{"affiliateId":"\uD800"}"#, "\u{FEFF}{}", #"{"affiliateId":"a"#,
        #"{"affiliateId":"# + String(repeating: "[", count: 70) + String(repeating: "]", count: 70) + "}",
    ])
    func `invalid_json is 65: not one JSON object, or one that readers disagree about`(input: String) throws {
        expect(try run(input), "invalid_json", exits: 65)
    }

    @Test func `invalid_json is 65 for bytes that are not UTF-8`() throws {
        let outcome = try ChildProcess.run(
            Programs.path("configureAffiliate"), environment: Programs.environment(),
            input: Array(#"{"affiliateId":""#.utf8) + [0xFF, 0x22, 0x7D], timeout: .seconds(60))
        expect(FunctionCall(outcome), "invalid_json", exits: 65)
    }

    @Test func `invalid_json is 65 for more than 1 MiB, and 1 MiB is read`() throws {
        let padding = String(repeating: " ", count: 1 << 20)
        expect(try run(padding + ada), "invalid_json", exits: 65)
        expect(try run(String(padding.dropLast(ada.utf8.count - 1)) + ada), "invalid_json", exits: 65)
        let largest = String(padding.dropLast(ada.utf8.count)) + ada
        #expect(largest.utf8.count == 1 << 20)
        #expect(try Installation.make().call("configureAffiliate", largest).status == .exited(0))
    }

    @Test func `invalid_request is 65, with everything that is wrong and its place`() throws {
        let call = try run(#"{"afiliateId":"a","name":5}"#)
        expect(call, "invalid_request", exits: 65)
        #expect(call.fields == ["affiliateId", "name", "afiliateId"])
        #expect(call.answer.at("error.details.2.message") == #"is not a field here; did you mean "affiliateId"?"#)
    }

    @Test func `not_found is 66`() throws {
        let call = try Installation.make().call(
            "recordConversion", #"{"offerId":"o","affiliateId":"a","clickId":"c"}"#)
        expect(call, "not_found", exits: 66)
        #expect(call.fields == ["offerId"])
    }

    @Test func `conflict is 67`() throws {
        let installation = try Installation.make()
        try installation.configure()
        try installation.record(["clickId": "c", "status": "done"])
        let call = try installation.call(
            "updateConversionStatus", #"{"offerId":"o","clickId":"c","status":"pending"}"#)
        expect(call, "conflict", exits: 67)
        #expect(call.fields == ["status"])
    }

    @Test func `internal is 70: the caller learns nothing of it, and the log all`() throws {
        let installation = try Installation.make()
        // The statements of the product never do this.
        try installation.database.connect().execute(
            script: "ALTER TABLE affiliates ADD CONSTRAINT canary_4711 CHECK (id <> 'ada')")
        let call = try installation.call("configureAffiliate", ada)
        expect(call, "internal", exits: 70)
        #expect(!call.text.contains("canary_4711"))
        #expect(call.log.contains("canary_4711"))
    }

    @Test(arguments: ["host=127.0.0.1 port=1 dbname=x", "postgresql://127.0.0.1:1/x", "host=/nowhere dbname=x"])
    func `unavailable is 75 and may be tried again: nobody answers at the database's address`(url: String) throws {
        let call = try run(ada, ["DATABASE_URL": url])
        expect(call, "unavailable", exits: 75, retryable: true)
        for place in ["127.0.0.1", "nowhere", "port"] { #expect(!call.text.contains(place), "\(call.text)") }
        #expect(call.log.contains("127.0.0.1") || call.log.contains("nowhere"))
    }

    @Test(arguments: ["host=canary-host.invalid dbname=x user=u", "host=::1 port=1 dbname=x user=canary"])
    func `unavailable names neither a host nor a user; the log does`(url: String) throws {
        let call = try run(ada, ["DATABASE_URL": url])
        expect(call, "unavailable", exits: 75, retryable: true)
        for place in ["canary", "::1", "invalid"] { #expect(!call.text.contains(place), "\(call.text)") }
    }

    @Test func `unavailable is 75: the server goes away in the middle of the call`() throws {
        let listener = try TCPListener()
        // A server that accepts every login in PostgreSQL's protocol, and closes the connection at the first statement.
        Thread.detachNewThread {
            while true {
                _ = try? wait(for: [.read(listener.descriptor)], atMost: .milliseconds(60_000))
                guard let session = try? listener.accept() else { return }
                _ = try? wait(for: [.read(session)], atMost: .milliseconds(60_000))
                _ = try? session.read(upTo: 4096)
                try? session.writeAll([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5A, 0, 0, 0, 5, 0x49])
                _ = try? wait(for: [.read(session)], atMost: .milliseconds(60_000))
                _ = try? session.read(upTo: 1 << 16)
            }
        }
        let url = "host=127.0.0.1 port=\(listener.port) dbname=x user=x sslmode=disable gssencmode=disable"
        expect(try run(ada, ["DATABASE_URL": url]), "unavailable", exits: 75, retryable: true)
    }

    @Test func `unavailable is 75: the database has no connection left`() throws {
        let installation = try Installation.make()
        let name = try #require(try installation.value("SELECT current_database() AS value"))
        // A superuser could still log in.
        try installation.database.connect().execute(
            script: "CREATE ROLE \(name)_guest LOGIN; ALTER DATABASE \(name) CONNECTION LIMIT 0")
        let url = "\(installation.database.connectionString)&user=\(name)_guest"
        let call = try run(ada, ["DATABASE_URL": url])
        expect(call, "unavailable", exits: 75, retryable: true)
    }

    @Test func `unavailable is 75: the row is locked for longer than the caller's patience`() throws {
        let installation = try Installation.make()
        try installation.ask("configureAffiliate", ["affiliateId": "ada"])
        let connection = try installation.database.connect()
        try connection.execute(script: "BEGIN; SELECT FROM affiliates FOR UPDATE")
        let call = try installation.call("configureAffiliate", ada, environment: ["PGOPTIONS": "-c lock_timeout=50"])
        expect(call, "unavailable", exits: 75, retryable: true)
        withExtendedLifetime(connection) {}
    }

    @Test(arguments: [
        "garbage", "postgresql://[x", "host=127.0.0.1 port=abc", "host=127.0.0.1 port=99999",
        "host=127.0.0.1 sslmode=perhaps",
        "host=127.0.0.1 colour=red", "postgresql://h/d?colour=red",
    ])
    func `misconfigured is 78: DATABASE_URL is none`(url: String) throws {
        let call = try run(ada, ["DATABASE_URL": url])
        expect(call, "misconfigured", exits: 78)
        #expect(call.message.contains("DATABASE_URL"))
    }

    @Test func `misconfigured is 78: no database is named, and libpq's own guess does not work`() throws {
        let call = try run(ada, ["HOME": "/nowhere"])
        expect(call, "misconfigured", exits: 78)
        #expect(call.message.contains("DATABASE_URL"))
    }

    @Test func `misconfigured is 78: the server has no such database, or no such user`() throws {
        let url = try TestDatabase.make().connectionString
        for wrong in ["dbname=no_such_database", "user=nobody_at_all"] {
            let call = try run(ada, ["DATABASE_URL": "\(url)&\(wrong)"])
            expect(call, "misconfigured", exits: 78)
            #expect(call.message.contains("DATABASE_URL"))
            for place in ["socket", "nobody_at_all"] { #expect(!call.text.contains(place), "\(call.text)") }
        }
    }

    @Test func `misconfigured is 78: a service that nobody has defined, by the string or by libpq's variable`() throws {
        for environment in [["DATABASE_URL": "service=nowhere"], ["PGSERVICE": "nowhere"]] {
            let call = try run(ada, environment)
            expect(call, "misconfigured", exits: 78)
            #expect(call.message.contains("nowhere"))
        }
    }

    @Test(.enabled(if: User.isRoot, "another user takes root"))
    func `misconfigured is 78: no user is named, and this one has no name`() throws {
        let outcome = try ChildProcess.run(
            "/usr/bin/setpriv", ["--reuid=54321", "--clear-groups", Programs.path("configureAffiliate")],
            environment: Programs.environment(["DATABASE_URL": "host=127.0.0.1 port=1 dbname=x", "HOME": "/"]),
            input: Array(ada.utf8), timeout: .seconds(60))
        expect(FunctionCall(outcome), "misconfigured", exits: 78)
    }

    @Test func `misconfigured is 78: the database's encoding cannot hold the text, and migrate refuses it`() throws {
        let other = try TestDatabase.make()
        let name = try #require(try other.connect().run("SELECT current_database() AS n")[0].text("n"))
        for encoding in ["LATIN1", "SQL_ASCII"] {
            let latin = "\(name)_\(encoding.lowercased())"
            _ = try other.connect().run(
                "CREATE DATABASE \(identifier: latin) TEMPLATE template0 LOCALE 'C' ENCODING \(identifier: encoding)")
            let database = TestDatabase(
                connectionString: other.connectionString.replacing("/\(name)?", with: "/\(latin)?"))
            let environment = ["DATABASE_URL": database.connectionString]
            let migrate = try Programs.run("postbacks", ["migrate"], environment: environment)
            #expect(migrate.status == .exited(78))
            #expect(migrate.errorText.contains(encoding) && migrate.errorText.contains("UTF8"))
            guard encoding == "LATIN1" else { continue }
            // A postback of an earlier version, which accepted it.
            try database.connect().execute(
                script: """
                    CREATE TABLE affiliates (id text PRIMARY KEY, name text, created_at timestamptz DEFAULT now(),
                        updated_at timestamptz DEFAULT now());
                    CREATE FUNCTION rfc3339(at timestamptz) RETURNS text LANGUAGE sql STABLE RETURN at::text
                    """)
            #expect(try run(ada, environment).status == .exited(0))
            let call = try run(#"{"affiliateId":"ada","name":"Агата"}"#, environment)
            expect(call, "misconfigured", exits: 78)
            #expect(call.message.contains("LATIN1") && call.message.contains("UTF8"))
        }
    }

    @Test func `misconfigured is 78: the database lacks the tables, and the message says what makes them`() throws {
        let call = try run(ada, ["DATABASE_URL": try TestDatabase.make().connectionString])
        expect(call, "misconfigured", exits: 78)
        #expect(call.message.contains("postbacks migrate"))
    }

    @Test func `misconfigured is 78: a setting is wrong, is named, and is not shown`() throws {
        let installation = try Installation.make()
        for (name, value) in [
            ("POSTBACKS_ENCRYPTION_KEY", "c2VjcmV0"), ("POSTBACKS_ALLOW_CIDRS", "10.0.0.0/33"),
            ("LOG_LEVEL", "loud-and-clear"),
        ] {
            let input =
                #"{"offerId":"o","affiliateId":"a","conversionStatus":"done","url":"http://t.example/{status}","httpType":"GET"}"#
            let call = try installation.call("createPostback", input, environment: [name: value])
            expect(call, "misconfigured", exits: 78)
            #expect(call.message.hasPrefix(name))
            #expect(call.fields == [name])
            if name.hasSuffix("KEY") { #expect(!call.text.contains(value)) }
        }
    }

    @Test(arguments: ["/nowhere/authorities.pem", "/etc/passwd"])
    func `misconfigured is 78: a file of authorities that cannot be read, or holds none, is named`(path: String) throws
    {
        let input =
            #"{"deliveryId":1,"attempt":1,"postback":{"url":"https://127.0.0.1:1/","httpType":"GET"},"event":{"status":"done"},"conversion":{"offer":{"id":"o"},"affiliate":{"id":"a"}}}"#
        let call = FunctionCall(
            try Programs.run("deliverPostback", input: input, environment: ["POSTBACKS_CA_FILE": path]))
        expect(call, "misconfigured", exits: 78)
        #expect(call.message.hasPrefix("POSTBACKS_CA_FILE"))
        #expect(call.message.contains(path))
    }

    @Test func `misconfigured is 78: a secret is to be stored, and there is no key to seal it`() throws {
        let installation = try Installation.make(["POSTBACKS_ENCRYPTION_KEY": ""])
        try installation.configure()
        let call = try installation.refusal(
            of: "createPostback",
            [
                "offerId": "o", "affiliateId": "a", "conversionStatus": "done", "url": "https://t.example/{status}",
                "httpType": "GET", "basicAuth": ["login": "l", "password": "canary-4711"],
            ])
        expect(call, "misconfigured", exits: 78)
        #expect(call.message.contains("POSTBACKS_ENCRYPTION_KEY"))
        #expect(!call.text.contains("canary") && !call.log.contains("canary"))
        #expect(try installation.count("postbacks") == 0)
    }

    @Test func `an OpenFaaS watchdog gets final rejections as answers, and other failures as failures`() throws {
        let installation = try Installation.make(["Http_Method": "POST"])
        func call(_ function: String, _ input: String, _ environment: [String: String] = [:]) throws -> FunctionCall {
            try installation.call(function, input, environment: environment)
        }
        expect(try call("configureAffiliate", "nonsense"), "invalid_json", exits: 0)
        expect(try call("configureAffiliate", "{}"), "invalid_request", exits: 0)
        expect(
            try call("updateConversionStatus", #"{"conversionId":1,"status":"done"}"#), "not_found", exits: 0)
        try installation.configure()
        try installation.record(["clickId": "c", "status": "done"])
        expect(
            try call("updateConversionStatus", #"{"conversionId":1,"status":"pending"}"#), "conflict", exits: 0)
        expect(
            try call("configureAffiliate", ada, ["DATABASE_URL": "host=127.0.0.1 port=1"]), "unavailable", exits: 75,
            retryable: true)
        expect(try call("configureAffiliate", ada, ["LOG_LEVEL": "loud"]), "misconfigured", exits: 78)
        try installation.database.connect().execute(
            script: "ALTER TABLE affiliates ADD CONSTRAINT never CHECK (id <> 'ada')")
        expect(try call("configureAffiliate", ada), "internal", exits: 70)
    }
}
