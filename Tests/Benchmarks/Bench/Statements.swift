import Postgres

/// The statements that prepare what is measured.
extension Statement {
    static let oweDeliveries = Statement(name: "owe_deliveries", bytes: PackageResources.owe_deliveries_sql)
    static let finishDeliveries = Statement(name: "finish_deliveries", bytes: PackageResources.finish_deliveries_sql)
    static let addPostbacks = Statement(name: "add_postbacks", bytes: PackageResources.add_postbacks_sql)
    static let leaveDeadRows = Statement(name: "leave_dead_rows", bytes: PackageResources.leave_dead_rows_sql)
}
