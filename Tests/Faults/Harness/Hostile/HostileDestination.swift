import FaultLedger
import HostileReceiver

/// A destination that misbehaves until it is healed.
final class HostileDestination: Destination {
    let name: String
    let url: String
    /// What must come of attempts before the heal.
    let due: DueOutcome
    /// So many seconds after the heal it may still go wrong.
    let slack: Int
    private let receiver: HostileReceiver
    private let site: Site
    private let healing: @Sendable () throws -> Void

    init(
        _ name: String, url: String, due: DueOutcome, slack: Int = 10, receiver: HostileReceiver, site: Site,
        healing: @escaping @Sendable () throws -> Void
    ) {
        self.name = name
        self.url = url
        self.due = due
        self.slack = slack
        self.receiver = receiver
        self.site = site
        self.healing = healing
    }

    /// A plain one.
    convenience init(_ behaviour: Behaviour, receiver: HostileReceiver) throws {
        let site = try receiver.open(behaviour)
        self.init(behaviour.name, url: site.url, due: behaviour.expected, receiver: receiver, site: site) {
            try receiver.heal(site)
        }
    }

    func heal() throws { try healing() }

    /// Host and port, as they stand in the URL.
    var authority: String { String(url.drop { $0 != "/" }.dropFirst(2)) }

    var sightings: [Sighting] {
        receiver.requests(at: site).compactMap { request in
            guard request.isWhole, let delivery = request.delivery, let attempt = request.attempt else { return nil }
            return Sighting(
                delivery: delivery, attempt: attempt,
                digest: "\(request.method) \(request.target) \(request.bodyDigest)",
                at: request.at, answer: answer(to: request))
        }
    }

    /// What may count as delivered although it is strange has to be looked at in the attempt itself.
    private func answer(to request: SeenRequest) -> Sighting.Answer {
        if request.isAnsweredWell { return .given }
        return due.outcome == .delivered ? .unknown : .cut
    }
}
