import JSON
import Postgres

/// Finds the last event of a conversion, in the form that deliverPostback takes; nil if there is no such conversion.
struct FindEvent: StoredCall {
    let conversionID: Int

    struct Found {
        let event: JSON
        let conversion: JSON
    }

    static let statement = Statement(name: "find_event", bytes: PackageResources.find_event_sql)

    var arguments: Arguments { ["conversion_id": .int(conversionID)] }

    func answer(_ rows: Rows) throws(PostgresError) -> Found? {
        guard let row = rows.first else { return nil }
        return Found(event: try row.requiredJSON("event"), conversion: try row.requiredJSON("conversion"))
    }
}
