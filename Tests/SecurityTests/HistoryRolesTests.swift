import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests that only pollers and managers may drop history, and only old and finished records.
@Suite(.ownThreads) struct HistoryRolesTests {
    @Test func `a poller's login drops old history and nothing else, and others drop nothing`() throws {
        let guarded = try GuardedInstallation()
        try guarded.owner.configure()
        try guarded.owner.record(["old", "young"])
        try guarded.owner.age(["old"], days: 400)
        for login in [guarded.reader, guarded.recorder, guarded.stranger] {
            let outcome = try Programs.run("postbacks", ["prune", "--days", "365"], environment: login.environment)
            #expect(outcome.status == .exited(78), "\(outcome.errorText)")
        }
        let poller = try guarded.poller.database.connect()
        for table in ["conversions", "events", "deliveries", "attempts"] {
            #expect(throws: PostgresError.self) { try poller.run("DELETE FROM \(identifier: table)") }
        }
        #expect(throws: PostgresError.self) { try poller.run("SELECT drop_history(0, 0, 100, false)") }
        #expect(try guarded.owner.count("conversions") == 2)
        try guarded.poller.withPoller(["POSTBACKS_HISTORY_DAYS": "365"]) { _ in
            try waitUntil("the old conversion is gone") { try guarded.owner.transactions == ["young"] }
        }
        try guarded.owner.age(["young"], days: 400)
        let pruned = try Programs.run(
            "postbacks", ["prune", "--days", "365"], environment: guarded.manager.environment)
        #expect(pruned.status == .exited(0) && pruned.errorText.contains("1 conversions"), "\(pruned.errorText)")
    }
}
