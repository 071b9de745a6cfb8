import JSON
import Postgres
import TestSupport

/// A database with one conversion whose delivery is watched: the third one, of the first postback, which fires on `pending`. The
/// second postback fires on `done`, and both lead to one destination. What the first two conversions owe is leased from the
/// beginning; their answers pause the postbacks.
final class Stage {
    let installation: Installation
    let connection: Connection
    /// The conversion and the number of its event whose delivery is watched.
    private(set) var conversion = 3
    var sequence = 1
    private var others: [Lease] = []
    /// The leases of the delivery, once it was claimed.
    private var leases: [Lease] = []

    init() throws {
        installation = try Installation.make()
        connection = try installation.database.connect()
        try installation.configure(
            postbacks: ["pending", "done"].map {
                ["conversionStatus": .string($0), "url": "http://127.0.0.1:1/{status}"]
            })
        _ = try installation.ask(
            "recordConversion",
            all: [("x", "pending"), ("y", "done")].map {
                [
                    "offerId": "o", "affiliateId": "a", "transactionId": .string($0.0), "status": .string($0.1),
                ]
            })
        others = try claim()
        try connection.execute(
            script: """
                CREATE TABLE noted (query text);
                CREATE FUNCTION note_query() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO noted VALUES (current_query()); RETURN NULL; END $$;
                CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION note_query();
                CREATE TRIGGER note AFTER INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION note_query();
                CREATE TRIGGER note AFTER UPDATE OF paused_at ON postbacks FOR EACH ROW EXECUTE FUNCTION note_query();
                """)
    }

    // MARK: What is seen.

    /// The delivery in `delivery_log`: its state, and all other columns in one text; nil if there is none.
    func seen() throws -> (state: String, all: String)? {
        let rows = try connection.run(
            """
            SELECT state, l::text AS everything FROM delivery_log l
            WHERE conversion_id = \(conversion) AND sequence = \(sequence)
            """)
        return rows.first.map { ($0.text("state") ?? "", $0.text("everything") ?? "") }
    }

    func delivery() throws -> Int {
        let rows = try connection.run(
            "SELECT id FROM delivery_log WHERE conversion_id = \(conversion) AND sequence = \(sequence)")
        return rows.first?.integer("id") ?? 0
    }

    /// The statements that have written deliveries or pauses since the last call.
    func takeNoted() throws -> [String] {
        try connection.run("WITH taken AS (DELETE FROM noted RETURNING query) SELECT DISTINCT query FROM taken").map {
            $0.text("query") ?? ""
        }
    }

    // MARK: What functions do.

    func record(_ more: JSON = [:]) throws {
        let conversion: JSON = ["offerId": "o", "affiliateId": "a", "transactionId": "t", "clickId": "c"]
        try installation.ask("recordConversion", conversion.merging(more))
    }

    /// The next event of the conversion, which fires the second postback.
    func recordLaterEvent() throws {
        try installation.ask("updateConversionStatus", ["conversionId": .integer(conversion), "status": "done"])
    }

    func backfill() throws {
        try installation.ask(
            "backfillPostback", ["postbackId": 1, "since": "2000-01-01T00:00:00Z", "includeSilent": true])
    }

    func update(_ changes: JSON) throws {
        try installation.ask("updatePostback", (["postbackId": 1] as JSON).merging(changes))
    }

    func resume() throws { try update(["resume": true]) }

    func move() throws { try update(["url": "http://127.0.0.1:2/{status}"]) }

    func delete() throws { try installation.ask("deletePostback", ["postbackId": 1]) }

    func resend(force: Bool = false) throws {
        try installation.ask(
            "resendDeliveries", ["deliveryIds": [.integer(try delivery())], "force": .bool(force)])
    }

    func redact() throws { try installation.ask("redactConversion", ["conversionId": .integer(conversion)]) }

    // MARK: How it comes into a state.

    /// Pauses both postbacks.
    func pause() throws { try complete(others, ["outcome": "failed", "pausePostback": true]) }

    /// Pauses both postbacks and holds what they owe.
    func pauseAndHold() throws {
        try pause()
        try hold()
    }

    /// Leases the delivery.
    func lease() throws {
        leases = try claim().filter(isWatched)
        guard leases.count == 1 else { throw DidNotHappen(description: "a claim of the delivery") }
    }

    /// Stores an answer to what was leased.
    @discardableResult
    func answer(_ output: JSON) throws -> Int { try complete(leases, output) }

    /// Gives back what was leased.
    func giveBack(for time: Duration = .zero) throws { try release(leases[0], after: time) }

    /// The first attempt is under way.
    func start() throws {
        try record()
        try lease()
    }

    /// The first attempt has been answered with these values.
    func end(_ output: JSON) throws {
        try start()
        try answer(output)
    }

    /// The first attempt has failed, and the second one is due in this number of seconds.
    func retry(in seconds: Int = 3600) throws { try end(["outcome": "retry", "retryInSeconds": .integer(seconds)]) }

    /// The second attempt is under way.
    func startAgain() throws {
        try retry(in: 0)
        try lease()
    }

    /// It is owed, was claimed once, and is due in an hour.
    func postpone() throws {
        try start()
        try giveBack(for: .seconds(3600))
    }

    /// The order's hold has passed, and the later event is under way before the delivery.
    func lead() throws {
        try recordLaterEvent()
        _ = try connection.run("UPDATE outbox SET due_at = now() WHERE conversion_id = \(conversion) AND sequence = 2")
        leases = try claim(hold: .zero).filter(isWatched)
    }

    /// The later event is delivered.
    func arrive() throws { try answer(["outcome": "delivered"]) }

    /// Time passes, and its lease runs out.
    func loseLease() throws {
        _ = try connection.run(
            "UPDATE outbox SET lease_until = now() - interval '1 second' WHERE conversion_id = \(conversion)")
    }

    /// A finished delivery gets the same id, as after a restore without the sequence.
    func takeID() throws {
        _ = try connection.run(
            """
            INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
                lease_no, owed_at)
            SELECT id, event_id, 999, 1, postback_id, destination_id, 'delivered', 1, 1, owed_at
            FROM outbox WHERE conversion_id = \(conversion)
            """)
    }

    /// The row cannot be leased any more.
    func spoil() throws {
        _ = try connection.run("UPDATE outbox SET lease_no = 2147483647 WHERE conversion_id = \(conversion)")
    }

    /// The last ten deliveries of the first postback have failed; the next conversion is watched.
    func failTen() throws {
        _ = try installation.ask(
            "recordConversion",
            all: (0..<10).map { ["offerId": "o", "affiliateId": "a", "transactionId": .string("z\($0)")] })
        try complete(try claim(), ["outcome": "failed"])
        conversion += 10
    }
}
