import Postgres

/// Lets the commit of a transaction that only reads wait for the synchronous standby too. Then a repeat is not answered
/// before the standby has the record that it repeats, even if the wait of the first call's commit was cancelled.
struct AwaitStandby: StoredCall {
    static let statement = Statement(name: "await_standby", bytes: PackageResources.await_standby_sql)
}
