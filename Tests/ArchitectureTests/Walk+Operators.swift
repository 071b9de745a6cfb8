import JSON

/// The second diagram: pauses, deletions and resends.
extension Walk {
    static let byOperators = recordingsWhilePaused + pauses + resumptions + deletions + resends

    private static let recordingsWhilePaused = [
        Walk(nil, to: "held", "record_conversions") {
            try $0.pause()
        } act: {
            try $0.record()
        },
        Walk(nil, to: "held", "update_statuses") {
            try $0.record(["silent": true])
            try $0.pause()
            $0.sequence = 2
        } act: {
            try $0.recordLaterEvent()
        },
        Walk(nil, to: "held", "backfill_postback") {
            try $0.record(["silent": true])
            try $0.pause()
        } act: {
            try $0.backfill()
        },
    ]

    private static let pauses = [
        Walk("owed", to: "held", "complete_deliveries") {
            try $0.record()
        } act: {
            try $0.pause()
        },
        Walk("retrying", to: "held", "complete_deliveries") {
            try $0.retry()
        } act: {
            try $0.pause()
        },
        Walk("owed", to: "held", "pause_dying_postbacks") {
            try $0.failTen()
            try $0.record()
        } act: {
            try $0.pauseDying()
        },
        Walk("retrying", to: "held", "pause_dying_postbacks") {
            try $0.failTen()
            try $0.retry()
        } act: {
            try $0.pauseDying()
        },
        Walk("in_flight", to: "held", "complete_deliveries") {
            try $0.start()
            try $0.pauseAndHold()
        } act: {
            try $0.answer(["outcome": "retry", "retryInSeconds": 30])
        },
        Walk("in_flight", to: "held", "release_deliveries") {
            try $0.start()
            try $0.pauseAndHold()
        } act: {
            try $0.giveBack()
        },
        Walk("in_flight", to: "held", Arrow.clock) {
            try $0.start()
            try $0.pauseAndHold()
        } act: {
            try $0.loseLease()
        },
    ]

    private static let resumptions = [
        Walk("held", to: "owed", "update_postbacks") {
            try $0.record()
            try $0.pauseAndHold()
        } act: {
            try $0.resume()
        },
        Walk("held", to: "retrying", "update_postbacks") {
            try $0.retry()
            try $0.pauseAndHold()
        } act: {
            try $0.resume()
        },
    ]

    private static let deletions = [
        Walk("owed", to: "cancelled", "cancel_deliveries", "at once") {
            try $0.record()
        } act: {
            try $0.delete()
        },
        Walk("retrying", to: "cancelled", "cancel_deliveries", "at once") {
            try $0.retry()
        } act: {
            try $0.delete()
        },
        Walk("held", to: "cancelled", "cancel_deliveries", "at once") {
            try $0.record()
            try $0.pauseAndHold()
        } act: {
            try $0.delete()
        },
        Walk("owed", to: "cancelled", "cancel_deliveries", "later") {
            try $0.start()
            try $0.delete()
            try $0.giveBack()
        } act: {
            try $0.repair()
        },
        Walk("retrying", to: "cancelled", "cancel_deliveries", "later") {
            try $0.start()
            try $0.delete()
            try $0.answer(["outcome": "retry", "retryInSeconds": 30])
        } act: {
            try $0.repair()
        },
        Walk("held", to: "cancelled", "cancel_deliveries", "later") {
            try $0.start()
            try $0.pauseAndHold()
            try $0.delete()
            try $0.giveBack()
        } act: {
            try $0.repair()
        },
    ]

    private static let resends = ["failed", "dead", "delivered", "skipped"].flatMap { state in
        // deliverPostback answers like this; a retry without a time is the last attempt.
        let output: JSON = ["outcome": .string(state == "dead" ? "retry" : state)]
        let needsForce = state == "delivered" || state == "skipped"
        return [
            Walk(state, to: "owed", "resend_deliveries") {
                try $0.end(output)
            } act: {
                try $0.resend(force: needsForce)
            },
            Walk(state, to: "held", "resend_deliveries") {
                try $0.end(output)
                try $0.pause()
            } act: {
                try $0.resend(force: needsForce)
            },
        ]
    }
}
