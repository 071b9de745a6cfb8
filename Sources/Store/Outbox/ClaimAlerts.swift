package import JSON
package import Postgres
import System

/// Leases alerts that are due.
package struct ClaimAlerts: StoredCall {
    /// The maximum of alerts to lease.
    package let count: Int
    /// The length of the lease.
    package let lease: Duration

    package init(_ count: Int, lease: Duration) {
        self.count = count
        self.lease = lease
    }

    package struct Answer {
        package fileprivate(set) var alerts: [AlertOutbox.Alert] = []
        /// The error of an alert that cannot be read; nil if all can. Its lease runs out again and again until the
        /// alert is deleted.
        package fileprivate(set) var fault: PostgresError?
    }

    package static let statement = Statement(name: "claim_alerts", bytes: PackageResources.claim_alerts_sql)

    package var arguments: Arguments { ["count": .int(count), "lease_seconds": .text(String(lease.seconds))] }

    /// An alert that cannot be read does not affect the others.
    package func answer(_ rows: Rows) -> Answer {
        var answer = Answer()
        for row in rows {
            do throws(PostgresError) {
                answer.alerts.append(try AlertOutbox.Alert(row))
            } catch {
                answer.fault = error
            }
        }
        return answer
    }
}

extension AlertOutbox {
    /// A lease on one alert.
    package struct Alert: Sendable {
        package let id: Int
        package let leaseNumber: Int
        /// The number of the attempt that the lease is for, from 1.
        package let attempt: Int
        package let type: String
        /// When it happened, as RFC 3339.
        package let at: String
        package let data: JSON

        package init(id: Int, leaseNumber: Int, attempt: Int, type: String, at: String, data: JSON) {
            self.id = id
            self.leaseNumber = leaseNumber
            self.attempt = attempt
            self.type = type
            self.at = at
            self.data = data
        }

        fileprivate init(_ row: Row) throws(PostgresError) {
            id = try row.required("id")
            leaseNumber = try row.required("lease_no")
            attempt = try row.required("attempt")
            type = try row.required("type")
            at = try row.required("at")
            data = try row.requiredJSON("data")
        }
    }
}
