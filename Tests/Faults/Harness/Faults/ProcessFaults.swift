import Glibc
import POSIX
import TestSupport

extension Fault {
    static let processFaults = [pollerKilled, deliveryProcessKilled]

    private static let pollerKilled = Fault(
        name: "poller-killed", group: .processes, injects: "kill -9 of the poller at random moments"
    ) { scene in
        for _ in 0..<scene.effort.rounds(short: 3, full: 20) {
            scene.pause(between: 0.2, and: 1.5)
            try scene.killPoller()
            scene.countRound()
        }
    }

    private static let deliveryProcessKilled = Fault(
        name: "delivery-process-killed", group: .processes,
        injects: "kill -9 of the warm deliverPostback at random moments"
    ) { scene in
        for _ in 0..<scene.effort.rounds(short: 5, full: 40) {
            scene.pause(between: 0.2, and: 1)
            scene.killDeliveryProcess()
            scene.countRound()
        }
    }
}
