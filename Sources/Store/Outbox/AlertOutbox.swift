package import JSON
package import Postgres

/// What the operator is to be told, as a poller sees it: the calls that it sends, and what their rows mean.
package enum AlertOutbox {
    /// The session of whoever sends alerts.
    package static let session = SessionSetup(
        settings: [("lock_timeout", "5s"), ("statement_timeout", "30s"), ("jit", "off")],
        checks: [.checkWritable, .checkInstallation])

    /// Ids of alerts begin here, so that no receiver takes one for a delivery's.
    package static let firstID = 1 << 52

    /// Says that alerts are sent here, and tells of an outbox in which something has been due for longer than so many seconds.
    package static func watch(lagSeconds: Int) -> Call { Call(.watchOutbox, [.int(lagSeconds)]) }

    /// Makes alerts of the deliveries that died in minutes that are over.
    package static let gatherDeaths = Call(.gatherDeaths)

    /// Stores an alert.
    package static func tell(_ type: String, _ data: JSON) -> Call {
        Call(.tellOperator, [.text(type), .utf8(data.bytes)])
    }

    /// - Parameter lease: seconds.
    package static func claim(_ count: Int, lease: Double) -> Call {
        Call(.claimAlerts, [.int(count), .text(String(lease))])
    }

    /// A lease on one alert.
    package struct Alert {
        package let id: Int
        package let lease: Int
        /// The number of the attempt that it is for, from 1.
        package let attempt: Int
        package let type: String
        /// When it happened, as RFC 3339.
        package let at: String
        package let data: JSON

        package init(id: Int, lease: Int, attempt: Int, type: String, at: String, data: JSON) {
            self.id = id
            self.lease = lease
            self.attempt = attempt
            self.type = type
            self.at = at
            self.data = data
        }
    }

    package static func alerts(_ rows: Rows) -> [Alert] {
        rows.map { row in
            Alert(
                id: row.integer("id") ?? 0, lease: row.integer("lease_no") ?? 0, attempt: row.integer("attempt") ?? 1,
                type: row.text("type") ?? "", at: row.text("at") ?? "", data: row.json("data"))
        }
    }

    /// What became of a claimed alert.
    package struct Verdict {
        private let alert: Alert
        private let fate: Fate

        package enum Fate: Equatable {
            /// It was told, or nobody will take it.
            case done
            /// It is due again in so many seconds.
            case again(wait: Double, countsAsAttempt: Bool)
        }

        package init(_ alert: Alert, _ fate: Fate) {
            self.alert = alert
            self.fate = fate
        }

        fileprivate var id: Int { alert.id }
        fileprivate var lease: Int { alert.lease }
        fileprivate var isDone: Bool { fate == .done }

        fileprivate var wait: Double {
            if case .again(let wait, _) = fate { wait } else { 0 }
        }

        fileprivate var counts: Bool {
            if case .again(_, let countsAsAttempt) = fate { countsAsAttempt } else { true }
        }
    }

    package static func complete(_ verdicts: [Verdict]) -> Call {
        Call(
            .completeAlerts,
            [
                .integers(verdicts.map(\.id)), .integers(verdicts.map(\.lease)),
                .array(verdicts.map { $0.isDone ? "t" : "f" }), .array(verdicts.map { String($0.wait) }),
                .array(verdicts.map { $0.counts ? "t" : "f" }),
            ])
    }
}
