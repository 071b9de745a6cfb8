import Egress
import System

/// The requests that wait for the addresses of their names. All addresses of a name are checked before one is dialled.
struct Lookups {
    struct Waiting {
        let request: HTTPRequest
        let target: RequestTarget
        let id: UInt64
        /// When the request was started.
        let since: Instant
    }

    private let resolver: Resolver
    private let egress: EgressRules
    /// The longest wait of a request.
    private let patience: Duration
    /// After this wait the resolver checks whether the name servers answer at all. The check may take a second.
    private let doubt: Duration
    private var names: KnownNames
    private var waiting: [String: [Waiting]] = [:]
    /// Names whose lookup is running, even if no request waits for it any more.
    private var asked: Set<String> = []
    /// When the resolver was last asked whether the name servers answer.
    private var serversAskedAt: Instant = .distantPast
    /// Requests whose lookup has ended and which `takeFinished` has not returned yet.
    private var answered: [(request: Waiting, addresses: Result<[IPAddress], HTTPFailure>)] = []
    /// The number of waiting requests.
    private(set) var count = 0

    init(_ resolver: Resolver, egress: EgressRules, lifetime: Duration, patience: Duration) {
        names = KnownNames(lifetime: lifetime)
        self.resolver = resolver
        self.egress = egress
        self.patience = patience
        doubt = max(patience / 4, min(patience / 2, patience - .milliseconds(1500)))
    }

    /// A descriptor that becomes readable when `takeFinished` has something to return; nil when nothing waits.
    var signal: CInt? { count > 0 ? resolver.signal.number : nil }

    /// When `takeFinished` must be called even if `signal` stays silent.
    var deadline: Instant? {
        waiting.values.lazy.compactMap(\.first?.since).min().map { first in
            first + (serversAskedAt < first ? doubt : patience)
        }
    }

    /// The addresses of a request's name if they are known. Otherwise the request waits, and `takeFinished` returns it later.
    mutating func addresses(for request: Waiting) -> [IPAddress]? {
        let name = request.target.host
        // No request may have waited for this answer for some time. So the answer is stored with the time at which it
        // arrived.
        if asked.contains(name) { collect() }
        if let addresses = names.addresses(of: name, now: request.since) { return addresses }
        waiting[name, default: []].append(request)
        count += 1
        if asked.insert(name).inserted { resolver.ask(name, isKnown: names.contains(name)) }
        return nil
    }

    /// Returns the requests whose wait is over: with addresses that may all be dialled, or with a failure.
    mutating func takeFinished(now: Instant) -> [(request: Waiting, addresses: Result<[IPAddress], HTTPFailure>)] {
        guard count > 0 else { return [] }
        collect()
        var taken = answered
        answered = []
        // When a slow lookup times out, it is too late to check whether the name or the name servers are at fault. So
        // the check begins earlier.
        if waiting.values.contains(where: { $0[0].since > serversAskedAt && $0[0].since + doubt <= now }) {
            serversAskedAt = now
            resolver.askServers(now: now)
        }
        for (name, requests) in waiting where requests[0].since + patience <= now {
            let late = requests.prefix { $0.since + patience <= now }
            for request in late { taken.append((request, .failure(lateness(of: name, since: request.since)))) }
            waiting[name] = late.count < requests.count ? Array(requests[late.count...]) : nil
            // A slow name loses its place among the known names, whose lookups have reserved threads.
            names.forget(name)
            if waiting[name] == nil, resolver.cancel(name) { asked.remove(name) }
        }
        count -= taken.count
        return taken
    }

    private func lateness(of name: String, since time: Instant) -> HTTPFailure {
        let message = "the addresses of \(name) were not found in \(patience.wholeMilliseconds) ms"
        if resolver.areServersSilent(since: time - patience) {
            return HTTPFailure(kind: .unavailableHere, message: "\(message): no name server of this system answers")
        }
        return HTTPFailure(kind: .timeout, message: message)
    }

    private mutating func collect() {
        for found in resolver.takeAnswers() {
            asked.remove(found.name)
            let judged = judge(found.answer, of: found.name)
            if case .success(let addresses) = judged {
                names.remember(addresses, of: found.name, now: found.time)
            } else {
                names.forget(found.name)
            }
            for request in waiting.removeValue(forKey: found.name) ?? [] { answered.append((request, judged)) }
        }
    }

    /// Makes the next request look the name up again, after a connection to it failed.
    mutating func distrust(_ name: String) { names.distrust(name) }

    private func judge(_ answer: Resolver.Answer, of name: String) -> Result<[IPAddress], HTTPFailure> {
        switch answer {
        case .failure(let failure):
            let kind: HTTPFailure.Kind = failure.isOfThisSystem ? .unavailableHere : .dns
            return .failure(HTTPFailure(kind: kind, message: "\(name) has no address: \(failure)"))
        case .success(let addresses):
            if addresses.isEmpty { return .failure(HTTPFailure(kind: .dns, message: "\(name) has no address")) }
            if let refusal = addresses.lazy.compactMap(egress.refusal).first {
                return .failure(HTTPFailure(kind: .forbiddenTarget, message: "\(name): \(refusal)"))
            }
            return .success(addresses)
        }
    }
}
