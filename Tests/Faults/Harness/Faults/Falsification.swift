import Postgres

extension Fault {
    /// Not a fault of the programs: rows are deleted from the database, and the ledger must notice. `--falsify` runs it
    /// alone, and must exit with status 1.
    static let falsification = Fault(
        name: "falsified-books", group: .database, injects: "rows that are deleted from the database by hand"
    ) { scene in
        let connection = try scene.database.connect()
        scene.load.setRate(0)
        scene.pause(0.5)
        try scene.database.waitUntilDrained()
        _ = try connection.run("DELETE FROM deliveries WHERE id = 1")
        _ = try connection.run("DELETE FROM attempts WHERE delivery_id = 2")
        _ = try connection.run("DELETE FROM conversions WHERE id = 3")
        scene.notes.countRound()
    }
}
