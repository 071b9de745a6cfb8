package import JSON
package import Secrets

/// Seals the stored secrets of one postback again, under the first key and for the origin that they are sent to. It
/// looks only at the places of secrets, so that a postback that no longer parses is resealed as well.
package struct Resealing {
    private let owner: SecretOwner
    private let keys: EncryptionKeys
    /// The number of secrets that were sealed again.
    package private(set) var renewed = 0
    /// The number of secrets that were already sealed by the first key for the origin.
    package private(set) var current = 0
    /// The secrets that cannot be opened; they stay as they are.
    package private(set) var failures: [Failure] = []
    /// The ids of the keys that opened a secret.
    package private(set) var opened: Set<String> = []

    package struct Failure: Sendable {
        package let postbackID: Int
        package let field: String
        package let reason: String

        package init(postbackID: Int, field: String, reason: String) {
            self.postbackID = postbackID
            self.field = field
            self.reason = reason
        }
    }

    package init(of owner: SecretOwner, with keys: EncryptionKeys) {
        self.owner = owner
        self.keys = keys
    }

    package mutating func basicAuth(_ stored: JSON) -> JSON { members(of: stored) { "basicAuth.\($0)" } }

    package mutating func requestHeaders(_ stored: JSON) -> JSON {
        members(of: stored) { RequestHeaders.path(of: $0) }
    }

    /// Seals the secret params that earlier versions stored in plain, as well.
    package mutating func requestParams(_ stored: JSON) -> JSON {
        ParamPlace.root.replacing(in: stored) { secret, field in
            switch secret {
            case .sealed(let sealed): return ["sealed": .string(text(sealed, field, for: owner.context(field)))]
            case .plain:
                renewed += 1
                return secret.stored(field, of: owner, with: keys)
            }
        }
    }

    package mutating func signingSecret(_ stored: JSON) -> JSON { value(stored, RequestTemplate.signingField) }

    /// Seals a text again that stands alone and is sent nowhere.
    package mutating func text(_ sealed: String, _ field: String) -> String {
        text(sealed, field, for: .postback(owner.postbackID, field))
    }

    private mutating func text(_ sealed: String, _ field: String, for context: SealContext) -> String {
        do throws(SealError) {
            let resealed = try keys.reseal(sealed, for: context)
            if let key = EncryptionKeys.id(of: sealed) { opened.insert(key) }
            guard let new = resealed else {
                current += 1
                return sealed
            }
            renewed += 1
            return new
        } catch {
            failures.append(Failure(postbackID: owner.postbackID, field: field, reason: error.description))
            return sealed
        }
    }

    private mutating func members(of stored: JSON, path: (String) -> String) -> JSON {
        guard case .object(let members) = stored else { return stored }
        return .object(members.map { JSON.Member($0.name, value($0.value, path($0.name))) })
    }

    private mutating func value(_ stored: JSON, _ field: String) -> JSON {
        guard case .object(let members) = stored, members.count == 1, let sealed = stored["sealed"]?.text else {
            return stored
        }
        return ["sealed": .string(text(sealed, field, for: owner.context(field)))]
    }
}
