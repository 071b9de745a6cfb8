package import JSON
package import Secrets

/// Seals anew, under the first key and for the origin that they go to, what is stored of one postback's secrets. It looks at
/// nothing but where sealed texts stand, so that a postback that can no longer be read does not stay behind.
package struct Resealing {
    private let owner: SecretOwner
    private let keys: EncryptionKeys
    /// How many are sealed anew.
    package private(set) var renewed = 0
    /// How many the first key has sealed for the origin already.
    package private(set) var current = 0
    /// What cannot be opened stays as it is.
    package private(set) var failures: [Failure] = []
    /// The ids of the keys that have opened something.
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

    /// What earlier versions stored of the params in plain is sealed as well.
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

    /// A sealed text that stands alone and goes nowhere.
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
