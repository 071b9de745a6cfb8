import Egress
import POSIX

/// The requests that wait for the addresses of their names. All of a name's addresses are judged before one is dialled.
struct Lookups {
    struct Waiting {
        let request: HTTPRequest
        let target: RequestTarget
        let id: UInt64
        /// When it was started, in the monotonic clock's nanoseconds.
        let since: Int64
    }

    private let resolver: Resolver
    private let egress: EgressRules
    /// How long a request waits at most, in nanoseconds.
    private let patience: Int64
    /// After so long it is asked whether the name servers answer at all, which may take a second.
    private let doubt: Int64
    private var names: KnownNames
    private var waiting: [String: [Waiting]] = [:]
    /// Names whose answer is still to come, even if nobody waits for it any more.
    private var asked: Set<String> = []
    /// Requests whose names have been answered, until they are taken.
    /// When it was asked last whether the name servers answer.
    private var serversAskedAt: Int64 = .min
    private var answered: [(request: Waiting, addresses: Result<[IPAddress], HTTPFailure>)] = []
    /// How many requests wait.
    private(set) var count = 0

    init(_ resolver: Resolver, egress: EgressRules, lifetime: Int64, patienceMilliseconds: Int) {
        names = KnownNames(lifetime: lifetime)
        self.resolver = resolver
        self.egress = egress
        patience = Int64(patienceMilliseconds) * 1_000_000
        doubt = max(patience / 4, min(patience / 2, patience - 1_500_000_000))
    }

    /// Readable when `take` has something; nil when nothing waits.
    var signal: CInt? { count > 0 ? resolver.signal.number : nil }

    /// When something is to be done for what waits, although nothing comes.
    var deadline: Int64? {
        waiting.values.lazy.compactMap(\.first?.since).min().map { first in
            first + (serversAskedAt < first ? doubt : patience)
        }
    }

    /// The addresses of a request's name, if they are known; otherwise the request waits, and comes back with `take`.
    mutating func addresses(for request: Waiting) -> [IPAddress]? {
        let name = request.target.host
        // An answer that nobody waited for any more says where the name led then, not where it leads now.
        if asked.contains(name) { collect() }
        if let addresses = names.addresses(of: name, now: request.since) { return addresses }
        waiting[name, default: []].append(request)
        count += 1
        if asked.insert(name).inserted { resolver.ask(name, isKnown: names.contains(name)) }
        return nil
    }

    /// The requests that need not wait any more: with addresses that may all be dialled, or with the reason why not.
    mutating func take(now: Int64) -> [(request: Waiting, addresses: Result<[IPAddress], HTTPFailure>)] {
        guard count > 0 else { return [] }
        collect()
        var taken = answered
        answered = []
        // A lookup that is slow says of itself too late whether the name is to blame or the system.
        if waiting.values.contains(where: { $0[0].since > serversAskedAt && $0[0].since + doubt <= now }) {
            serversAskedAt = now
            resolver.askServers(now: now)
        }
        for (name, requests) in waiting where requests[0].since + patience <= now {
            let late = requests.prefix { $0.since + patience <= now }
            for request in late { taken.append((request, .failure(lateness(of: name, since: request.since)))) }
            waiting[name] = late.count < requests.count ? Array(requests[late.count...]) : nil
            // One that is slow has no claim to the threads of those that are not.
            names.forget(name)
            if waiting[name] == nil, resolver.cancel(name) { asked.remove(name) }
        }
        count -= taken.count
        return taken
    }

    private func lateness(of name: String, since time: Int64) -> HTTPFailure {
        let message = "the addresses of \(name) were not found in \(patience / 1_000_000) ms"
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

    /// A connection to a name failed: the next request asks anew where it leads.
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
