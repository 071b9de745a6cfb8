import JSON

/// The first diagram: from the recording to an end.
extension Walk {
    static let byPollers = recordings + claims + answers + lostLeases + overtaken

    private static let recordings = [
        Walk(nil, to: "owed", "record_conversions") { try $0.record() },
        Walk(nil, to: "owed", "update_statuses") {
            try $0.record(["silent": true])
            $0.sequence = 2
        } act: {
            try $0.recordLaterEvent()
        },
        Walk(nil, to: "owed", "backfill_postback") {
            try $0.record(["silent": true])
        } act: {
            try $0.backfill()
        },
    ]

    private static let claims = [
        Walk("owed", to: "in_flight", "claim_deliveries") {
            try $0.record()
        } act: {
            try $0.claim()
        },
        Walk("retrying", to: "in_flight", "claim_deliveries") {
            try $0.retry(in: 0)
        } act: {
            try $0.claim()
        },
    ]

    private static let answers = [
        Walk("in_flight", to: "delivered", "complete_deliveries") {
            try $0.start()
        } act: {
            try $0.answer(["outcome": "delivered"])
        },
        Walk("in_flight", to: "failed", "complete_deliveries") {
            try $0.start()
        } act: {
            try $0.answer(["outcome": "failed", "error": ["code": "http_status"]])
        },
        Walk("in_flight", to: "skipped", "complete_deliveries") {
            try $0.start()
        } act: {
            try $0.answer(["outcome": "skipped", "error": ["code": "missing_value"]])
        },
        Walk("in_flight", to: "dead", "complete_deliveries") {
            try $0.start()
        } act: {
            try $0.answer(["outcome": "retry", "error": ["code": "timeout"]])
        },
        Walk("in_flight", to: "retrying", "complete_deliveries") {
            try $0.start()
        } act: {
            try $0.answer(["outcome": "retry", "retryInSeconds": 30])
        },
        Walk("in_flight", to: "owed", "complete_deliveries") {
            try $0.start()
        } act: {
            try $0.answer(["outcome": "retry", "retryInSeconds": 30, "uncharged": true])
        },
        Walk("in_flight", to: "owed", "release_deliveries") {
            try $0.start()
        } act: {
            try $0.giveBack()
        },
        Walk("in_flight", to: "retrying", "release_deliveries") {
            try $0.startAgain()
        } act: {
            try $0.giveBack()
        },
    ]

    private static let lostLeases = [
        Walk("in_flight", to: "owed", Arrow.clock) {
            try $0.start()
        } act: {
            try $0.loseLease()
        },
        Walk("in_flight", to: "retrying", Arrow.clock) {
            try $0.startAgain()
        } act: {
            try $0.loseLease()
        },
        Walk("owed", to: "retrying", "claim_deliveries") {
            try $0.start()
            try $0.loseLease()
        } act: {
            try $0.claim(schedule: "1000")
        },
        Walk("owed", to: "dead", "claim_deliveries") {
            try $0.start()
            try $0.loseLease()
        } act: {
            try $0.claim(schedule: "")
        },
        Walk("retrying", to: "dead", "claim_deliveries") {
            try $0.startAgain()
            try $0.loseLease()
        } act: {
            try $0.claim(schedule: "1000")
        },
    ]

    private static let overtaken = [
        Walk("owed", to: "skipped", "claim_deliveries") {
            try $0.postpone()
            try $0.lead()
            try $0.arrive()
        } act: {
            try $0.claim()
        },
        Walk("retrying", to: "skipped", "claim_deliveries") {
            try $0.retry()
            try $0.lead()
            try $0.arrive()
        } act: {
            try $0.claim()
        },
    ]
}
