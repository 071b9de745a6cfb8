import EmbeddedPostgres
import Glibc
import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests the findings of `doctor` in each case that can happen to an installation.
@Suite(.ownThreads) struct DoctorTests {
    private static let secret: JSON = [
        "offerId": "o", "affiliateId": "a", "conversionStatus": "done", "httpType": "GET",
        "url": "http://127.0.0.1:1/?s={status}", "basicAuth": ["token": "canary"],
    ]

    @Test func `it names the destinations that do not answer, and is content otherwise, within 80 columns`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        let before = try DoctorReport(installation)
        #expect(before.message("destinations") == "none is blocked")
        #expect(before.status == .exited(0), "\(before.text)")
        _ = try installation.database.connect().run(
            """
            UPDATE destinations SET failures = 12, blocks = 1, failing_since = '2026-01-02 03:04:05Z',
                blocked_until = now() + interval '1 minute'
            """)
        let after = try DoctorReport(installation)
        #expect(after.status == before.status)
        #expect(
            after.message("destinations").contains(
                "http://127.0.0.1:1: no answer since 2026-01-02T03:04:05.000Z (12 requests), nothing is sent to it before"
            ))
        let terminal = try DoctorReport.run(installation)
        #expect(terminal.text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(terminal.text)")
        #expect(terminal.text.contains("✓ tables") && terminal.text.contains("! destinations"))
    }

    @Test func `it says who may call over HTTP`() throws {
        let installation = try Installation.make()
        func create(_ scope: String) throws {
            let outcome = try Programs.run(
                "postbacks", ["keys", "create", "--name", "k", "--scope", scope], environment: installation.environment)
            #expect(outcome.status == .exited(0), "\(outcome.errorText)")
        }
        let none = try DoctorReport(installation)
        #expect(none.states("API keys") == ["good"] && none.message("API keys").contains("everything is open"))
        #expect(none.states("gateway").count == 1)
        try create("read")
        #expect(try DoctorReport(installation).states("API keys") == ["notable"])
        try create("manage")
        #expect(try DoctorReport(installation).message("API keys") == "2 of 2 are valid")
    }

    @Test func `it says whether the operator is told, and whether that gets through`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        let none = try DoctorReport(installation)
        #expect(none.states("alerts") == ["good"] && none.message("alerts").contains("nobody is notified"))
        let address = ["POSTBACKS_ALERT_URL": "http://127.0.0.1:1/alerts"]
        let unsent = try DoctorReport(installation, address)
        #expect(unsent.states("alerts") == ["notable"], "\(unsent.text)")
        try installation.withPoller(address.merging(["POSTBACKS_RETRY_SCHEDULE": "600"]) { $1 }) { _ in
            try waitUntil("it sends alerts") {
                try DoctorReport(installation).message("alerts") == "a poller sends them"
            }
            _ = try installation.database.connect().run(
                "UPDATE postbacks SET paused_at = now(), paused_reason = 'a test'")
            try waitUntil("an alert was tried without success") {
                try DoctorReport(installation).message("alerts").contains("accepts no alerts: 1 wait")
            }
            let vain = try DoctorReport(installation)
            #expect(vain.wrong.contains("alerts") && vain.status == .exited(1), "\(vain.text)")
        }
    }

    @Test
    func `what is due and nobody sends is wrong; a poller that beats makes it right, one that was killed does not`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        #expect(try DoctorReport(installation).states("pollers") == ["notable"])
        try installation.record(["a", "b"])
        let alone = try DoctorReport(installation)
        #expect(alone.wrong == ["pollers"] && alone.status == .exited(1))
        #expect(alone.message("pollers").contains("no poller is running, and 2 deliveries are due, the oldest for "))
        #expect(alone.remedy("pollers") == "postbacks poll")

        var poller: RunningPoller? = try RunningPoller(installation)
        try installation.wait(for: 2, in: "delivered")
        try waitUntil("the beat") { try installation.count("pollers") == 1 }
        let served = try DoctorReport(installation)
        #expect(served.status == .exited(0) && served.states("pollers") == ["good"], "\(served.text)")
        #expect(served.message("pollers").hasPrefix("1 running ("))

        // A poller that stops properly removes its row.
        poller?.send(SIGTERM)
        #expect(try poller?.waitForEnd() == .exited(0))
        #expect(try installation.count("pollers") == 0)

        poller = try RunningPoller(installation)
        try waitUntil("the beat") { try installation.count("pollers") == 1 }
        poller?.send(SIGKILL)
        _ = try poller?.waitForEnd()
        poller = nil
        _ = try installation.database.connect().run("UPDATE pollers SET seen_at = now() - interval '20 seconds'")
        try installation.record(["c"])
        let killed = try DoctorReport(installation)
        #expect(killed.wrong == ["pollers"])
        #expect(killed.message("pollers").contains("the last was seen 2"))
    }

    @Test func `a poller that is there and can send nothing is wrong, with its reason`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        try installation.record(["a"])
        let folder = try TemporaryFolder()
        try FileSystem.write("#!/bin/sh\nexit 127\n", to: "\(folder.path)/deliverPostback")
        try FileSystem.setMode(0o755, of: "\(folder.path)/deliverPostback")
        try installation.withPoller(["POSTBACKS_FUNCTIONS": folder.path]) { _ in
            try waitUntil("it says so") {
                try installation.value("SELECT problem AS value FROM pollers") != nil
            }
            let report = try DoctorReport(installation)
            #expect(report.wrong == ["pollers"], "\(report.text)")
            #expect(
                report.message("pollers").contains(
                    "1 of 1 pollers cannot send everything: the delivery process ended before it answered"))
        }
    }

    @Test func `another key of the same id, a missing key and a lost key are wrong, and no new one is to be made`()
        throws
    {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        try installation.ask("createPostback", Self.secret)
        let name = "POSTBACKS_ENCRYPTION_KEY"
        let right = try DoctorReport(installation)
        #expect(right.status == .exited(0) && right.message("secrets") == "1 sealed; the key opens them")
        let other = try DoctorReport(installation, [name: Installation.encryptionKey("test", 8)])
        #expect(other.wrong == ["secrets"])
        #expect(other.message("secrets").contains("it is a different key; put the right one back"))
        let missing = try DoctorReport(installation, [name: Installation.encryptionKey("new", 7)])
        #expect(missing.wrong == ["secrets"] && missing.message("secrets").contains("put it back"))
        let lost = try DoctorReport(installation, [name: ""])
        #expect(lost.wrong == ["encryption key"])
        #expect(lost.message("encryption key").contains("put it back; a new key opens none of them"))
        #expect(!lost.text.contains("openssl"))
    }

    @Test func `a file of a key that others can read is wrong, and the remedy repairs it`() throws {
        let installation = try Installation.make()
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/key"
        try FileSystem.write(Installation.encryptionKey("test", 7), to: file, mode: 0o600)
        try FileSystem.setMode(0o644, of: file)
        let environment = ["POSTBACKS_ENCRYPTION_KEY": "", "POSTBACKS_ENCRYPTION_KEY_FILE": file]
        let open = try DoctorReport(installation, environment)
        #expect(open.wrong == ["settings"])
        let outcome = try ChildProcess.run("/bin/sh", ["-c", try #require(open.remedy("settings"))])
        #expect(outcome.status == .exited(0))
        #expect(try DoctorReport(installation, environment).status == .exited(0))
    }

    @Test func `a setting of deliverPostback that is wrong, and a name that is none, are told`() throws {
        let installation = try Installation.make()
        let report = try DoctorReport(installation, ["POSTBACKS_CONNECT_TIMEOUT": "5s", "POSTBACKS_TIMEOUTS": "3"])
        #expect(report.states("settings").sorted() == ["notable", "wrong"])
        #expect(report.message("settings").contains("POSTBACKS_CONNECT_TIMEOUT must be seconds"))
        #expect(report.message("settings").contains("POSTBACKS_TIMEOUTS is not a setting of this version"))
        #expect(report.message("settings").contains("POSTBACKS_TIMEOUT"))
    }

    @Test func `a login that can only read is wrong, and so is a standby`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        let name = try #require(try installation.value("SELECT current_database()::text AS value"))
        try installation.database.connect().execute(
            script: "ALTER DATABASE \(name) SET default_transaction_read_only = on")
        let report = try DoctorReport(installation)
        #expect(report.wrong == ["writing"], "\(report.text)")
        #expect(report.message("writing").contains("default_transaction_read_only"))

        let standby = try Standby()
        defer { standby.server.stopImmediately() }
        let other = try DoctorReport(standby.installation)
        #expect(other.wrong == ["writing"], "\(other.text)")
        #expect(other.message("writing").contains("standby"))
    }

    @Test func `paused postbacks are wrong, with what they hold and how they are resumed`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        try installation.ask("listPostbacks", [:])
        let connection = try installation.database.connect()
        _ = try connection.run(
            "UPDATE postbacks SET paused_at = now(), paused_reason = '10 deliveries in a row ended dead'")
        try installation.record(["a", "b"])
        let report = try DoctorReport(installation)
        #expect(report.wrong == ["paused"], "\(report.text)")
        #expect(report.message("paused").contains("10 deliveries in a row ended dead; held deliveries: 2;"))
        #expect(report.remedy("paused")?.contains(#"{"postbackId":1,"resume":true}"#) == true)
        try installation.ask("updatePostback", ["postbackId": 1, "resume": true])
        #expect(try DoctorReport(installation).states("paused") == ["good"])
    }

    @Test func `tables that are missing, older or newer are told apart`() throws {
        let empty = Installation(database: try TestDatabase.make(), environment: [:])
        let missing = try DoctorReport(empty)
        #expect(missing.wrong == ["tables"] && missing.remedy("tables") == "postbacks migrate", "\(missing.text)")
        let installation = try Installation.make()
        let connection = try installation.database.connect()
        _ = try connection.run("INSERT INTO schema_migrations (number, name) VALUES (999, 'of tomorrow')")
        let newer = try DoctorReport(installation)
        #expect(
            newer.wrong == ["tables"] && newer.message("tables").contains("(migration 999) are newer than this program")
        )
        _ = try connection.run("DELETE FROM schema_migrations WHERE number > 5")
        let older = try DoctorReport(installation)
        #expect(older.wrong == ["tables"] && older.message("tables").contains("of an older version"))
    }

    @Test func `an encoding that is not UTF-8 is wrong, and a pooler is worth knowing`() throws {
        let installation = try Installation.make()
        let server = try installation.database.connect()
        let name = "latin_\(UInt32.random(in: 0 ... .max))"
        _ = try server.run(
            "CREATE DATABASE \(identifier: name) ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        let own = try #require(try installation.value("SELECT current_database()::text AS value"))
        let url = installation.database.connectionString.replacing("/\(own)?", with: "/\(name)?")
        let latin = try DoctorReport(installation, ["DATABASE_URL": url])
        #expect(latin.wrong.contains("encoding") && latin.message("encoding").contains("LATIN1"), "\(latin.text)")

        let pooler = try PgBouncer(before: installation.database, poolSize: 2)
        let behind = try DoctorReport(installation, ["DATABASE_URL": pooler.connectionString])
        #expect(behind.status == .exited(0), "\(behind.text)")
        #expect(behind.states("pooler") == ["notable"])
        #expect(try DoctorReport(installation).states("pooler") == [])
    }

    @Test func `a poller's and a recorder's login hear what they may see, and what they may not`() throws {
        let guarded = try GuardedInstallation()
        try guarded.manager.configure()
        try guarded.manager.ask("createPostback", Self.secret)
        let poller = try DoctorReport(guarded.poller)
        #expect(poller.status == .exited(0), "\(poller.text)")
        #expect(poller.message("login").contains("which has postbacks_poller"))
        #expect(poller.states("sequences") == ["unseen"] && poller.states("secrets") == ["good"])
        let recorder = try DoctorReport(guarded.recorder, ["POSTBACKS_ENCRYPTION_KEY": ""])
        #expect(recorder.status == .exited(0), "\(recorder.text)")
        #expect(recorder.states("secrets") == ["unseen"] && recorder.states("destinations") == ["unseen"])
        #expect(recorder.states("deliveries") == ["good"] && recorder.states("tables") == ["good"])
        #expect(recorder.states("pollers") == ["notable"])
        // A login that may read everything and has none of the roles.
        try guarded.owner.database.connect().execute(
            script: """
                DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA public TO %1$I; GRANT SELECT ON ALL TABLES IN SCHEMA public TO %1$I',
                    current_database() || '_stranger');
                END $$
                """)
        let stranger = try DoctorReport(guarded.stranger)
        #expect(stranger.wrong.contains("login"), "\(stranger.text)")
        #expect(stranger.message("login").contains("lacks rights that a poller needs"))
    }

    @Test(.enabled(if: geteuid() == 0, "only root can mount a small disk"))
    func `a full disk is wrong`() throws {
        let folder = try TemporaryFolder(mode: 0o711)
        let home = "\(folder.path)/home"
        try FileSystem.makeFolder(home, mode: 0o711)
        let mount = try ChildProcess.run("/bin/mount", ["-t", "tmpfs", "-o", "size=220m,mode=711", "tmpfs", home])
        try #require(mount.status == .exited(0), "\(mount.errorText)")
        defer { _ = try? ChildProcess.run("/bin/umount", ["-l", home]) }
        let server = EmbeddedServer(home: home, settings: ["fsync": "off"], diesWithParent: false)
        try server.start()
        defer { server.stopImmediately() }
        let installation = try Installation.make(on: TestDatabase(connectionString: server.connectionString))
        #expect(try DoctorReport(installation).states("writing") == ["good"])
        // It ends where the disk does.
        _ = try ChildProcess.run("/bin/dd", ["if=/dev/zero", "of=\(home)/filler", "bs=64k"])
        let full = try DoctorReport(installation)
        #expect(
            full.wrong == ["writing"] && full.message("writing").contains("No space left on device"), "\(full.text)")
        let embedded = try DoctorReport(installation, ["DATABASE_URL": "", "POSTBACKS_HOME": home])
        #expect(embedded.wrong.contains("disk") && embedded.wrong.contains("writing"), "\(embedded.text)")
        try FileSystem.remove("\(home)/filler")
        #expect(try DoctorReport(installation).states("writing") == ["good"])
    }
}
