package import Postbacks
package import Postgres

/// What is owed, as a poller sees it: the calls that it sends, and what their rows mean. Effects are the poller's.
package enum Outbox {
    /// The channel on which commits announce that something is owed.
    package static let channel = Wakeup.channel

    /// The session of the pump. On an empty queue that was just vacuumed the planner would take every statement's generic plan
    /// for a sequential scan, and keep it when the queue has grown.
    /// - Parameter longest: seconds that a statement may take; what is claimed in more is of no use.
    package static func pumpSession(longest: Double) -> SessionSetup {
        let off = [
            "enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin", "enable_mergejoin", "jit",
        ]
        return SessionSetup(
            settings: off.map { ($0, "off") } + [
                ("plan_cache_mode", "force_generic_plan"), ("statement_timeout", "\(Int(longest * 1000))ms"),
                // A time that was read is sent back as it was written.
                ("DateStyle", "ISO"), ("TimeZone", "UTC"),
            ], checks: [.checkWritable, .checkInstallation, .checkPollerRights], channel: channel)
    }

    /// The session of the upkeep.
    package static let upkeepSession = SessionSetup(
        settings: [("lock_timeout", "5s"), ("jit", "off")], checks: [.checkWritable, .checkInstallation])

    /// - Parameters:
    ///   - answers: lines of deliverPostback, `{"id":…,"output":{…}}`.
    ///   - schedule: how long a probe spends no attempt.
    package static func complete(
        _ answers: [[UInt8]], orderHold: Double, schedule: RetrySchedule = .standard
    ) -> Call {
        let array = [UInt8(ascii: "[")] + answers.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
        return Call(
            .completeDeliveries, [.utf8(array), .text(String(orderHold)), .text(String(schedule.span))])
    }

    /// What a batch of answers led to.
    package struct Completion {
        /// Answers whose lease was lost; they changed nothing.
        package let fenced: Int
        package let delivered: Int
        package let retrying: Int
        package let dead: Int
        package let failed: Int
        package let skipped: Int
        /// The first of those that ended dead or failed.
        package let ended: [Ended]
        /// Postbacks of which a delivery has died or failed.
        package let dyingPostbacks: String?
        /// Postbacks that were paused; what they owe is to be held.
        package let pausedPostbacks: String?
        package let pauses: [Pause]
    }

    package static func completion(_ rows: Rows) -> Completion {
        let row = rows.first
        return Completion(
            fenced: row?.integer("fenced") ?? 0, delivered: row?.integer("delivered") ?? 0,
            retrying: row?.integer("retrying") ?? 0, dead: row?.integer("dead") ?? 0,
            failed: row?.integer("failed") ?? 0, skipped: row?.integer("skipped") ?? 0,
            ended: row.map(Outbox.ended) ?? [], dyingPostbacks: row?.text("dying"),
            pausedPostbacks: row?.text("paused"), pauses: pauses(rows))
    }

    /// Pauses those of the postbacks whose last deliveries all ended dead or failed, and holds what they owe (R13).
    package static func pauseDying(_ postbacks: String) -> Call { Call(.pauseDyingPostbacks, [.text(postbacks)]) }

    /// Ids as the statements on several postbacks take them.
    package static func list(of ids: [Int]) -> String {
        "{\(Set(ids).sorted().map { String($0) }.joined(separator: ","))}"
    }

    /// Holds what paused postbacks owe.
    package static func hold(_ pausedPostbacks: String) -> Call { Call(.holdPostbacks, [.text(pausedPostbacks)]) }

    /// A lease that goes back unused.
    package struct Release {
        fileprivate let delivery: Int
        fileprivate let lease: Int
        fileprivate let wait: Double

        /// - Parameter wait: seconds before it is claimed again.
        package init(_ claim: Claim, after wait: Double = 0) {
            delivery = claim.delivery
            lease = claim.lease
            self.wait = wait
        }
    }

    /// Gives back leases that were never used.
    package static func release(_ leases: [Release]) -> Call {
        Call(
            .releaseDeliveries,
            [
                .integers(leases.map(\.delivery)), .integers(leases.map(\.lease)),
                .array(leases.map { String($0.wait) }),
            ])
    }

    /// Keeps the table small: the dead rows of what was claimed and finished.
    package static let vacuum = Call(Statement(name: "", sql: vacuumText))
    private static let vacuumText = "VACUUM (TRUNCATE off) outbox"

    /// Whether the call must have no other beside it in its transaction.
    package static func isAlone(_ call: Call) -> Bool { call.statement.sql == vacuumText }

    /// Sequences that stand behind their tables: a table was restored without them, or somebody set them back.
    package static let mendSequences = Call(.mendSequences)

    /// Those that stood behind; nil for none.
    package static func mendedSequences(_ rows: Rows) -> String? { rows.first?.text("mended") }

    /// Gives owed deliveries whose ids are taken others, from a sequence that is right again.
    package static func renumber(_ ids: [Int]) -> [Call] {
        [mendSequences, Call(.renumberDeliveries, [.integers(ids)])]
    }

    /// Lets what is due to destinations and cannot be read wait for an hour.
    package static func deferUnreadable(_ destinations: [Int]) -> Call {
        Call(.deferUnreadable, [.integers(destinations)])
    }

    /// What was deferred, and why.
    package static func deferred(_ rows: Rows) -> [(delivery: Int, reason: String)] {
        rows.map { ($0.integer("delivery_id") ?? 0, $0.text("reason") ?? "") }
    }

    /// What a moment between two transactions can leave behind: cancels what deleted postbacks owe, holds what paused ones
    /// owe, makes due what resumed ones hold and what waits for nothing any more, and moves what goes elsewhere by now.
    package static let mend = [Call(.cancelDeliveries), Call(.mendOutbox)]

    /// Makes the partitions of the days to come and drops those of attempts older than so many days.
    package static func maintainAttempts(keepDays: Int) -> Call {
        Call(Statement(name: "", sql: "SELECT maintain_attempts($1::int)"), [.int(keepDays)])
    }
}
