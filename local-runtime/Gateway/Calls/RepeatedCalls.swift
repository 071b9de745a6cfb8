import Adapters
import Secrets
import Synchronization
import System

/// The answers to calls with an `Idempotency-Key` that the function itself would execute again, which are forced
/// resends. A repeated call gets the answer to the first one. They are kept for a day, in this process only.
final class RepeatedCalls: Sendable {
    private struct Name: Hashable {
        /// The id of the key with which the call was made, because two callers may choose the same Idempotency-Key; nil
        /// while everybody may call.
        let owner: Int?
        let key: String
    }

    private struct Entry {
        let input: [UInt8]
        /// The answer; nil while the first call is under way.
        var response: HTTPAnswer?
        let end: Instant
    }

    private let entries = Mutex<[Name: Entry]>([:])

    private static let lifetime: Duration = .seconds(86_400)
    /// The maximum of keys, so that the memory stays bounded. Above it no further key is accepted.
    private static let limit = 4096

    /// Runs the body, unless the answer to the same call is known.
    /// - Throws: a conflict if the key was used with another input, or if the first call is still under way.
    func run(
        owner: Int?, key: String, input: [UInt8], _ body: () async throws(Refusal) -> HTTPAnswer
    ) async throws(Refusal) -> HTTPAnswer {
        let name = Name(owner: owner, key: key)
        if let known = try enter(name, digest: sha256(input)) { return known }
        do throws(Refusal) {
            let response = try await body()
            entries.withLock { $0[name]?.response = response }
            return response
        } catch {
            // Nothing was resent, or it is not known whether anything was. In both cases the caller may try again;
            // deliveries are sent at least once.
            entries.withLock { $0[name] = nil }
            throw error
        }
    }

    private func enter(_ name: Name, digest: [UInt8]) throws(Refusal) -> HTTPAnswer? {
        let now = Instant.now
        let result = entries.withLock { entries -> Result<HTTPAnswer?, Refusal> in
            if let entry = entries[name], entry.end > now {
                guard entry.input == digest else {
                    return .failure(RepeatedCalls.conflict("was used with another input"))
                }
                return entry.response.map { .success($0) }
                    ?? .failure(RepeatedCalls.conflict("is that of a call that is still under way"))
            }
            if entries.count >= RepeatedCalls.limit { entries = entries.filter { $0.value.end > now } }
            guard entries.count < RepeatedCalls.limit else {
                return .failure(.unavailable("too many calls with an Idempotency-Key are remembered"))
            }
            entries[name] = Entry(input: digest, response: nil, end: now + RepeatedCalls.lifetime)
            return .success(nil)
        }
        return try result.get()
    }

    private static func conflict(_ problem: String) -> Refusal {
        Refusal(
            409, "conflict", "the Idempotency-Key \(problem)",
            details: [Refusal.Detail(field: "Idempotency-Key", message: problem)])
    }
}
