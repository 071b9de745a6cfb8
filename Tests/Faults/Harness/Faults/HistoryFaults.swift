import FaultLedger
import JSON
import Postgres
import System
import TestSupport

/// Old history is dropped under load, while resends, backfills and changes of status work on the same conversions.
extension Fault {
    static let historyFaults = [historyDropped]

    private static let historyDropped: Fault = {
        var fault = Fault(
            name: "history-dropped", group: .load,
            injects: "old conversions dropped while they are resent, backfilled and changed, under the load of others"
        ) { scene in
            let history = OldHistory(scene.database.installation)
            for round in 1...scene.effort.rounds(short: 2, full: 15) {
                try history.age(through: round)
                try history.dropAmongOthers(round)
                scene.notes.countRound()
                try scene.load.waitForAnswers()
            }
            try history.dropAll(patience: scene.setup.patience)
            scene.notes.remark = "\(history.size * scene.notes.rounds) old conversions dropped"
        }
        fault.setup.pollers = 2
        fault.setup.poller = ["POSTBACKS_HISTORY_DAYS": "365"]
        fault.prepare = { scene in
            let history = OldHistory(scene.database.installation)
            try history.configure()
            try history.record(rounds: scene.effort.rounds(short: 2, full: 15))
        }
        fault.confirm = { scene in
            let orphans = try scene.database.count(
                """
                SELECT (SELECT count(*) FROM outbox o WHERE NOT EXISTS (SELECT FROM events e WHERE e.id = o.event_id))
                    + (SELECT count(*) FROM deliveries d WHERE NOT EXISTS (SELECT FROM events e WHERE e.id = d.event_id))
                    + (SELECT count(*) FROM events e
                        WHERE NOT EXISTS (SELECT FROM conversions c WHERE c.id = e.conversion_id)) AS value
                """)
            return orphans == 0 ? [] : [Breach(.complete, "\(orphans) rows belong to something that was dropped")]
        }
        return fault
    }()
}

/// Conversions of the offer `o` that are older than the history that is kept.
private struct OldHistory {
    private let installation: Installation
    /// The conversions of one round.
    let size = 200

    init(_ installation: Installation) { self.installation = installation }

    /// The conversions have no click, so their deliveries are skipped, and finished without a request.
    func configure() throws {
        try installation.configure(postbacks: [
            ["url": "http://127.0.0.1:1/?s={status}", "conversionStatus": "pending", "skipWhenEmpty": ["click_id"]],
            [
                "url": "http://127.0.0.1:1/?s={status}", "conversionStatus": "pending", "skipWhenEmpty": ["click_id"],
                "idempotencyKey": "late", "active": false,
            ],
        ])
    }

    /// Records the conversions of all rounds, before all others: dropping ends where conversions are young, in the order
    /// in which they were recorded.
    func record(rounds: Int) throws {
        for round in 1...rounds { try installation.record(transactions(round)) }
        try installation.withPoller { _ in try waitUntilNothingIsOwed(seconds: 120) }
    }

    /// Makes the conversions of these rounds finished and old, those too that an earlier round has worked on.
    func age(through round: Int) throws {
        try waitUntilNothingIsOwed(seconds: 120)
        try installation.age((1...round).flatMap(transactions), days: 400)
    }

    /// Drops history, several programs at once, while functions work on the same conversions.
    func dropAmongOthers(_ round: Int) throws {
        let late = try installation.ask("listPostbacks", ["offerId": "o", "active": false]).at("postbacks.0.id")
        if let late { try installation.ask("updatePostback", ["postbackId": late, "active": true]) }
        let changes = transactions(round).prefix(20).enumerated().map { index, name -> String in
            let input: JSON = ["offerId": "o", "transactionId": .string(name), "status": "done"]
            return (["id": .integer(index), "input": input] as JSON).encodedText
        }
        let resend: JSON = ["filter": ["offerId": "o"], "force": true]
        let backfill: JSON = ["postbackId": late ?? 2, "since": "2000-01-01T00:00:00Z"]
        let running = try [
            start("postbacks", ["prune", "--days", "365"], ""), start("resendDeliveries", [], resend.encodedText),
            start("backfillPostback", [], backfill.encodedText),
            start("updateConversionStatus", ["--stream"], changes.map { $0 + "\n" }.joined()),
            start("postbacks", ["prune", "--days", "365"], ""),
        ]
        for process in running {
            guard try process.wait() == .exited(0) else {
                throw Breach(.heals, "a function that met the dropping of history failed")
            }
        }
    }

    /// Waits until everything is finished again, and drops all of it, with the attempts that would have gone before.
    func dropAll(patience: Int) throws {
        try waitUntilNothingIsOwed(seconds: patience)
        let connection = try installation.database.connect()
        let names = try connection.run("SELECT transaction_id FROM conversions WHERE offer_id = 'o'").compactMap {
            $0.text("transaction_id")
        }
        try installation.age(names, days: 800)
        guard try start("postbacks", ["prune", "--days", "365"], "").wait() == .exited(0) else {
            throw Breach(.heals, "prune failed")
        }
        let left = try connection.run("SELECT count(*) AS value FROM conversions WHERE offer_id = 'o'")
        guard left.first?.integer("value") == 0 else { throw Breach(.complete, "old conversions are left over") }
        try connection.execute(
            script: """
                LOCK TABLE attempt_counts, attempt_counts_pending IN ACCESS EXCLUSIVE MODE;
                DELETE FROM attempts a WHERE NOT EXISTS (SELECT FROM deliveries d WHERE d.id = a.delivery_id)
                    AND NOT EXISTS (SELECT FROM outbox o WHERE o.id = a.delivery_id);
                DELETE FROM attempt_counts WHERE postback_id IN (SELECT id FROM postbacks WHERE offer_id = 'o');
                DELETE FROM attempt_counts_pending WHERE postback_id IN (SELECT id FROM postbacks WHERE offer_id = 'o');
                """)
    }

    private func transactions(_ round: Int) -> [String] { (1...size).map { "old-\(round)-\($0)" } }

    private func start(_ program: String, _ arguments: [String], _ input: String) throws -> ChildProcess {
        let process = try ChildProcess(
            Programs.path(program), arguments, environment: Programs.environment(installation.environment),
            input: .pipe, output: .null, errorOutput: .null)
        try process.input?.writeAll(Array(input.utf8))
        process.input = nil
        return process
    }

    private func waitUntilNothingIsOwed(seconds: Int) throws {
        let connection = try installation.database.connect()
        try waitUntil("the old conversions are finished", timeoutSeconds: seconds) {
            try connection.run("SELECT FROM outbox WHERE offer_id = 'o' LIMIT 1").isEmpty
        }
    }
}
