import JSON

/// The statements that write a row of the outbox and leave its state.
extension Walk {
    static let inPlace = putOff + madeDue + held + moved + renumbered

    private static let putOff = [
        Walk("owed", to: "owed", "claim_deliveries") {
            try $0.record()
            try $0.takeID()
        } act: {
            try $0.claim()
        },
        Walk("retrying", to: "retrying", "claim_deliveries") {
            try $0.startAgain()
            try $0.loseLease()
        } act: {
            try $0.claim(schedule: "1,1000")
        },
        Walk("owed", to: "owed", "defer_unreadable") {
            try $0.record()
            try $0.spoil()
        } act: {
            try $0.deferUnreadable()
        },
        Walk("retrying", to: "retrying", "defer_unreadable") {
            try $0.retry(in: 0)
            try $0.spoil()
        } act: {
            try $0.deferUnreadable()
        },
        Walk("owed", to: "owed", "redact_conversion") {
            try $0.record()
        } act: {
            try $0.redact()
        },
        Walk("retrying", to: "retrying", "redact_conversion") {
            try $0.retry(in: 0)
        } act: {
            try $0.redact()
        },
    ]

    private static let madeDue = [
        Walk("owed", to: "owed", "complete_deliveries") {
            try $0.postpone()
            try $0.lead()
        } act: {
            try $0.arrive()
        },
        Walk("retrying", to: "retrying", "complete_deliveries") {
            try $0.retry()
            try $0.lead()
        } act: {
            try $0.arrive()
        },
        Walk("owed", to: "owed", "resend_deliveries") {
            try $0.postpone()
        } act: {
            try $0.resend()
        },
        Walk("retrying", to: "retrying", "resend_deliveries") {
            try $0.retry()
        } act: {
            try $0.resend()
        },
        Walk("retrying", to: "retrying", "update_postbacks") {
            try $0.retry()
        } act: {
            try $0.update(["url": "http://127.0.0.1:1/repaired/{status}"])
        },
    ]

    private static let held = [
        Walk("held", to: "held", "hold_postbacks") {
            try $0.record()
            try $0.pause()
        } act: {
            try $0.hold()
        },
        Walk("held", to: "held", "repair_outbox") {
            try $0.record()
            try $0.pause()
        } act: {
            try $0.repair()
        },
    ]

    private static let moved = [
        Walk("owed", to: "owed", "repair_outbox") {
            try $0.start()
            try $0.move()
            try $0.giveBack()
        } act: {
            try $0.repair()
        },
        Walk("retrying", to: "retrying", "repair_outbox") {
            try $0.startAgain()
            try $0.move()
            try $0.giveBack()
        } act: {
            try $0.repair()
        },
        Walk("owed", to: "owed", "update_postbacks") {
            try $0.record()
        } act: {
            try $0.move()
        },
        Walk("held", to: "held", "update_postbacks") {
            try $0.record()
            try $0.pauseAndHold()
        } act: {
            try $0.move()
        },
    ]

    private static let renumbered = [
        Walk("owed", to: "owed", "renumber_deliveries") {
            try $0.record()
            try $0.takeID()
        } act: {
            try $0.renumber()
        },
        Walk("retrying", to: "retrying", "renumber_deliveries") {
            try $0.retry()
            try $0.takeID()
        } act: {
            try $0.renumber()
        },
        Walk("held", to: "held", "renumber_deliveries") {
            try $0.record()
            try $0.takeID()
            try $0.pauseAndHold()
        } act: {
            try $0.renumber()
        },
    ]
}
