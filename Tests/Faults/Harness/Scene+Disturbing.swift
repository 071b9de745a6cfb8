import FaultLedger
import Postgres
import Synchronization
import System
import TestSupport

/// Actions of other sessions on the database.
extension Scene {
    /// Opens a transaction with a snapshot that lasts until the end of the scene, so that no row that dies from now on
    /// can be vacuumed.
    func holdBackVacuum() throws {
        let connection = try connect()
        _ = try connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ")
        _ = try connection.run("SELECT count(*) FROM offers")
        foreigners.append(connection)
    }

    /// Records conversions of a flow, by default the first one, without a notification, and adds them to the account.
    /// - Parameter script: the SQL statement that records them.
    func recordSilently(
        _ count: Int, of offer: String? = nil, by script: [UInt8] = PackageResources.record_silently_sql,
        on connection: Connection
    ) throws {
        silentBatches += 1
        let rows = try connection.run(
            Statement(name: "", sql: String(decoding: script, as: UTF8.self)),
            [.int(count), .text(offer ?? flows[0].offer), .text("silent-\(silentBatches)-")])
        let now = Clock.unixMilliseconds
        load.state.withLock { state in
            for row in rows {
                let transaction = row.text("transaction_id") ?? ""
                let deliveries = (row.text("deliveries") ?? "").split(separator: ",").compactMap { Int($0) }
                state.account.offered.insert(transaction)
                state.account.answers[transaction] = Account.Answer(
                    conversion: row.integer("id") ?? 0, deliveries: deliveries, at: now)
            }
        }
    }
}
