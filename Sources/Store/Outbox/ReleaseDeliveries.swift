package import Postgres
import System

/// Gives back leases that were not used.
package struct ReleaseDeliveries: StoredCall {
    package let leases: [Outbox.Release]

    package init(_ leases: [Outbox.Release]) { self.leases = leases }

    package static let statement = Statement(name: "release_deliveries", bytes: PackageResources.release_deliveries_sql)

    package var arguments: Arguments {
        [
            "delivery_ids": .integers(leases.map(\.delivery)), "lease_nos": .integers(leases.map(\.leaseNumber)),
            "waits": .array(leases.map { String($0.wait.seconds) }),
        ]
    }
}

extension Outbox {
    /// A lease that is given back unused.
    package struct Release: Sendable {
        fileprivate let delivery: Int
        fileprivate let leaseNumber: Int
        fileprivate let wait: Duration

        /// The delivery may be claimed again after `wait`.
        package init(_ claim: Claim, after wait: Duration = .zero) {
            delivery = claim.delivery
            leaseNumber = claim.leaseNumber
            self.wait = wait
        }

        /// Nil if the delivery or its lease number could not be read.
        package init?(_ claim: UnreadableClaim, after wait: Duration) {
            guard let delivery = claim.delivery, let leaseNumber = claim.leaseNumber else { return nil }
            self.delivery = delivery
            self.leaseNumber = leaseNumber
            self.wait = wait
        }
    }
}
