package import Postgres
import System

/// Stores the results of claimed alerts.
package struct CompleteAlerts: StoredCall {
    package let verdicts: [AlertOutbox.Verdict]

    package init(_ verdicts: [AlertOutbox.Verdict]) { self.verdicts = verdicts }

    package static let statement = Statement(name: "complete_alerts", bytes: PackageResources.complete_alerts_sql)

    package var arguments: Arguments {
        [
            "alert_ids": .integers(verdicts.map(\.alert.id)), "lease_nos": .integers(verdicts.map(\.alert.leaseNumber)),
            "done": .array(verdicts.map { $0.isDone ? "t" : "f" }),
            "waits": .array(verdicts.map { String($0.wait.seconds) }),
            "counted": .array(verdicts.map { $0.counts ? "t" : "f" }),
        ]
    }
}

extension AlertOutbox {
    /// The result of a claimed alert.
    package struct Verdict: Sendable {
        fileprivate let alert: Alert
        private let fate: Fate

        package enum Fate: Equatable, Sendable {
            /// It was delivered, or no receiver will ever accept it.
            case done
            /// It is due again after `wait`.
            case again(wait: Duration, countsAsAttempt: Bool)
        }

        package init(_ alert: Alert, _ fate: Fate) {
            self.alert = alert
            self.fate = fate
        }

        fileprivate var isDone: Bool { fate == .done }

        fileprivate var wait: Duration {
            if case .again(let wait, _) = fate { wait } else { .zero }
        }

        fileprivate var counts: Bool {
            if case .again(_, let countsAsAttempt) = fate { countsAsAttempt } else { true }
        }
    }
}
