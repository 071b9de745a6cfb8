import Postgres

/// Reads the view `delivery_log` as a table for the demo.
struct ListDemoLog: StoredCall {
    static let statement = Statement(name: "list_demo_log", bytes: PackageResources.list_demo_log_sql)

    /// The names of the columns and then the rows; NULL becomes an empty cell.
    func answer(_ rows: Rows) throws(PostgresError) -> [[String]] {
        var table = [rows.columnNames]
        for row in rows {
            var cells: [String] = []
            for name in rows.columnNames {
                let text: String? = try row.optional(name)
                cells.append(text ?? "")
            }
            table.append(cells)
        }
        return table
    }
}
