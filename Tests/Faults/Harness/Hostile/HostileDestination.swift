import FaultLedger
import HostileReceiver

/// A destination that misbehaves until it is healed.
final class HostileDestination: Destination {
    let name: String
    let url: String
    /// The outcome that attempts before the heal must have.
    let due: DueOutcome
    /// How long attempts may still fail after the heal, in seconds.
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

    /// A destination on a plain HTTP port.
    convenience init(_ behaviour: Behaviour, receiver: HostileReceiver) throws {
        let site = try receiver.open(behaviour)
        self.init(behaviour.name, url: site.url, due: behaviour.expected, receiver: receiver, site: site) {
            try receiver.heal(site)
        }
    }

    func heal() throws { try healing() }

    /// The host and port as they are in the URL.
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

    /// If a strange answer may count as delivered, only the attempt itself shows whether it did.
    private func answer(to request: SeenRequest) -> Sighting.Answer {
        if request.isAnsweredWell { return .given }
        return due.outcome == .delivered ? .unknown : .cut
    }
}
