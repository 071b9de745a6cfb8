package import Domain
package import FunctionRuntime
import JSON
import Postgres
package import Secrets

/// Seals every stored secret anew, with the first key and for its origin, while functions and pollers run. Each step is
/// one short statement that overwrites only what it has read, so the rotation may be stopped at any time and started
/// again.
package struct SecretRotation {
    private let database: Database
    private let keys: EncryptionKeys

    /// The number of postbacks that are locked at a time.
    package static let batchSize = 200

    package init(_ database: Database, keys: EncryptionKeys) {
        self.database = database
        self.keys = keys
    }

    /// The result of a rotation.
    package struct Outcome {
        /// The number of secrets that were sealed anew, and of the postbacks that have them; in a dry run, of those
        /// that would be.
        package fileprivate(set) var renewed = 0
        package fileprivate(set) var postbacks = 0
        /// The number of secrets that the first key has already sealed for their origin.
        package fileprivate(set) var current = 0
        package fileprivate(set) var failures: [Resealing.Failure] = []
    }

    /// Processes all postbacks, also deleted ones, because their idempotency keys still answer.
    package func run(isDryRun: Bool) throws(FunctionError) -> Outcome {
        var outcome = Outcome()
        var after = 0
        while true {
            let batch = try database.run(ListSealedPostbacks(after: after))
            guard let last = batch.last else { return outcome }
            after = last.id
            var missed = try reseal(batch, isDryRun: isDryRun, &outcome)
            // Postbacks that were changed between reading and storing are read again.
            while !missed.isEmpty {
                let changed = try database.run(ListSealedPostbacks(ids: missed))
                missed = try reseal(changed, isDryRun: isDryRun, &outcome)
            }
        }
    }

    /// The number of sealed secrets for each key id.
    package static func sealed(in database: Database) throws(FunctionError) -> [(key: String, count: Int)] {
        try database.run(CountSealed()).map { ($0.id, $0.count) }
    }

    /// Deliveries in flight, whose requests may have been read before their secrets were sealed anew.
    package struct Claims {
        let deliveries: [Int]
        let leases: [Int]
        package var count: Int { deliveries.count }
    }

    package func claims() throws(FunctionError) -> Claims { try database.run(FindClaimed(claims: nil)) }

    /// Those of the claims whose leases have neither been answered nor run out.
    package func open(_ claims: Claims) throws(FunctionError) -> Claims {
        try database.run(FindClaimed(claims: claims))
    }

    /// - Returns: the ids of the postbacks that were changed since they were read.
    private func reseal(
        _ batch: [ListSealedPostbacks.Sealed], isDryRun: Bool, _ outcome: inout Outcome
    ) throws(FunctionError) -> [Int] {
        let read = batch.map { SealedPostback($0, with: keys) }
        let changed = read.filter { $0.resealing.renewed > 0 }
        var stored = Set(changed.map(\.id))
        if !isDryRun, !changed.isEmpty { stored = Set(try database.run(ResealPostbacks(postbacks: changed))) }
        let missed = Set(changed.map(\.id)).subtracting(stored)
        for postback in read where !missed.contains(postback.id) {
            outcome.renewed += postback.resealing.renewed
            outcome.postbacks += postback.resealing.renewed > 0 ? 1 : 0
            outcome.current += postback.resealing.current
            outcome.failures += postback.unreadable + postback.resealing.failures
        }
        return missed.sorted()
    }
}

/// The columns of a postback that may hold sealed values, as they are stored and as they will be.
struct SealedPostback: Sendable {
    let id: Int
    let url: String
    private(set) var basicAuth: Column
    private(set) var requestParams: Column
    private(set) var requestHeaders: Column
    private(set) var signingSecret: Column
    private(set) var fingerprint: Column
    private(set) var resealing: Resealing
    private(set) var unreadable: [Resealing.Failure] = []

    struct Column {
        let old: String?
        var new: String?

        init(_ text: String?) {
            old = text
            new = text
        }
    }

    init(_ stored: ListSealedPostbacks.Sealed, with keys: EncryptionKeys) {
        id = stored.id
        basicAuth = Column(stored.basicAuth)
        requestParams = Column(stored.requestParams)
        requestHeaders = Column(stored.requestHeaders)
        signingSecret = Column(stored.signingSecret)
        fingerprint = Column(stored.fingerprint)
        url = stored.url
        // An earlier version may have accepted a URL that this one cannot parse; its destination still names the
        // origin.
        let origin = (try? PostbackURL(parsing: url))?.origin ?? stored.origin
        resealing = Resealing(of: SecretOwner(postbackID: id, origin: origin), with: keys)
        renew(\.basicAuth, "basicAuth") { $0.basicAuth($1) }
        renew(\.requestParams, "requestParams") { $0.requestParams($1) }
        renew(\.requestHeaders, "requestHeaders") { $0.requestHeaders($1) }
        renew(\.signingSecret, "signingSecret") { $0.signingSecret($1) }
        if let text = fingerprint.old, Fingerprint.isSealed(text) {
            fingerprint.new = resealing.text(text, Fingerprint.field)
        }
    }

    /// Seals a column anew. A column that cannot be read does not change.
    private mutating func renew(
        _ column: WritableKeyPath<SealedPostback, Column>, _ field: String,
        _ renewed: (inout Resealing, JSON) -> JSON
    ) {
        guard let text = self[keyPath: column].old else { return }
        guard let json = try? JSON(parsing: Array(text.utf8), depth: .max) else {
            unreadable.append(
                Resealing.Failure(postbackID: id, field: field, reason: "the stored value cannot be read"))
            return
        }
        let before = resealing.renewed
        let new = renewed(&resealing, json)
        if resealing.renewed > before { self[keyPath: column].new = new.encodedText }
    }
}
