import FaultLedger
import POSIX
import Postgres
import Synchronization
import TestSupport

/// What others do on the database.
extension Scene {
    /// Opens a transaction with a snapshot that ends with the scene: nothing that dies from here on can be vacuumed.
    func holdBackVacuum() throws {
        let connection = try connect()
        _ = try connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ")
        _ = try connection.run("SELECT count(*) FROM offers")
        foreigners.append(connection)
    }

    /// Records conversions of the first flow without announcing it, and puts them into the account.
    func recordSilently(_ count: Int, on connection: Connection) throws {
        let prefix = "silent-\(rounds)-"
        let script = String(decoding: PackageResources.record_silently_sql, as: UTF8.self)
        let rows = try connection.run(
            Statement(name: "", sql: script), [.int(count), .text(flows[0].offer), .text(prefix)])
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
