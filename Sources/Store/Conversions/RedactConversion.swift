import JSON
import Postgres

/// Locks a conversion, so that its changes happen one after the other.
struct LockConversion: StoredCall {
    let conversionID: Int

    static let statement = Statement(name: "lock_conversion", bytes: PackageResources.lock_conversion_sql)

    var arguments: Arguments { ["conversion_id": .int(conversionID)] }
}

/// Blanks the personal data of a conversion.
struct RedactConversion: StoredCall {
    let conversionID: Int

    static let statement = Statement(name: "redact_conversion", bytes: PackageResources.redact_conversion_sql)

    var arguments: Arguments { ["conversion_id": .int(conversionID)] }

    /// Nil if there is no such conversion.
    func answer(_ rows: Rows) throws(PostgresError) -> Redaction? {
        guard let row = rows.first else { return nil }
        return Redaction(
            conversion: try row.requiredJSON("conversion"), attempts: try row.required("redacted_attempts"),
            inFlight: try row.required("in_flight"))
    }
}
