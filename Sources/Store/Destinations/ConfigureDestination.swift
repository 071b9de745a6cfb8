import Domain
import Input
import JSON
import Postgres

/// Changes a destination, and returns it as JSON; nil if no postback has led there.
struct ConfigureDestination: StoredCall {
    let changes: DestinationChanges

    static let statement = Statement(
        name: "configure_destination", bytes: PackageResources.configure_destination_sql)

    var arguments: Arguments {
        let maximum: (isSet: Bool, value: Int?) =
            switch changes.maxInFlight {
            case .keep: (false, nil)
            case .clear: (true, nil)
            case .set(let value): (true, value)
            }
        return [
            "sets_maximum": .bool(maximum.isSet), "maximum": .optional(maximum.value),
            "resumes": .bool(changes.resumes), "origin": .text(changes.destination.origin),
        ]
    }

    func answer(_ rows: Rows) throws(PostgresError) -> JSON? { try rows.first?.requiredJSON("destination") }
}
