package import Input
import JSON
package import Secrets

/// A secret of a postback: plain as a caller gives it, or sealed as it is stored.
package enum StoredSecret: Sendable, Hashable {
    case plain(Secret)
    case sealed(String)

    /// Who gives a secret: a caller gives it only in plain, the store also as `{"sealed":"…"}`.
    package enum Source: Sendable { case caller, store }

    /// The message for a mask where a secret should be.
    static let maskFault =
        "is the mask of a stored secret; give the secret itself, or leave the field out"

    /// Returns the secret as it is stored: sealed for the owner's field. A sealed one stays as it is. Without keys a
    /// plain one is masked.
    func stored(_ field: String, of owner: SecretOwner, with keys: EncryptionKeys?) -> JSON {
        switch self {
        case .plain(let secret):
            keys.map { ["sealed": .string($0.seal(secret, for: owner.context(field)))] } ?? .string(Secret.mask)
        case .sealed(let text): ["sealed": .string(text)]
        }
    }

    /// Returns the secret as a caller may have it. One that is sealed without an origin is sealed again, or masked if
    /// it cannot be opened.
    func handedOut(_ field: String, of owner: SecretOwner, with keys: EncryptionKeys?) -> JSON {
        if case .sealed(let text) = self, !EncryptionKeys.isBoundToOrigin(text) {
            guard let secret = try? opened(field, of: owner, with: keys) else { return .string(Secret.mask) }
            return StoredSecret.plain(secret).stored(field, of: owner, with: keys)
        }
        return stored(field, of: owner, with: keys)
    }

    /// Returns the secret in plain. Throws if it cannot be opened.
    func opened(_ field: String, of owner: SecretOwner?, with keys: EncryptionKeys?) throws(RenderingError) -> Secret {
        switch self {
        case .plain(let secret): return secret
        case .sealed(let text):
            guard let keys else { throw .missingKey("\(field) is sealed, and POSTBACKS_ENCRYPTION_KEY is not set") }
            guard let owner else { throw .secret("\(field) is sealed, and the postback's id is not known") }
            do throws(SealError) {
                return try keys.open(text, for: owner.context(field))
            } catch .unknownKey(let id) {
                throw .missingKey("\(field) cannot be opened: \(SealError.unknownKey(id: id))")
            } catch {
                throw .secret("\(field) cannot be opened: \(error)")
            }
        }
    }
}

/// The owner of sealed secrets: a postback, and the origin that they are sent to.
package struct SecretOwner: Sendable, Hashable {
    let postbackID: Int
    /// The value of `PostbackURL.origin`.
    let origin: String

    package init(postbackID: Int, origin: String) {
        self.postbackID = postbackID
        self.origin = origin
    }

    /// Returns the context of a secret field. The field is named by its path, such as `basicAuth.password`.
    func context(_ field: String) -> SealContext {
        SealContext("postback", id: postbackID, field: field, origin: origin)
    }
}

extension SealContext {
    /// The context of what is stored with a postback and is sent nowhere.
    package static func postback(_ id: Int, _ field: String) -> SealContext {
        SealContext("postback", id: id, field: field)
    }
}

extension Rule<StoredSecret> {
    /// `check` gets a plain secret, and throws a message that does not quote it.
    static func secret(
        from source: StoredSecret.Source, schema: @autoclosure @escaping () -> JSON,
        _ check: @escaping (String) throws(Invalid) -> Void
    ) -> Rule {
        func sealed() -> JSON {
            [
                "type": "object",
                "properties": ["sealed": ["type": "string", "description": "The secret as it is stored."]],
                "required": ["sealed"],
                "additionalProperties": false,
            ]
        }
        func plain() -> JSON { schema().merging(["not": ["const": .string(Secret.mask)]]) }
        return Rule(
            schema: source == .store ? ["anyOf": [plain(), sealed()]] : plain(), placeholder: StoredSecret.sealed(""),
            blank: .emptyText
        ) { json, path, faults in
            if source == .store, case .object(let members) = json {
                if members.count == 1, let text = json["sealed"]?.text { return .sealed(text) }
                faults.append(Fault(path, "must be a string or {\"sealed\":\"…\"}"))
                return nil
            }
            guard case .string(let text) = json else {
                faults.append(Fault(path, "must be a string, not \(json.kind)"))
                return nil
            }
            do throws(Invalid) {
                if text == Secret.mask {
                    throw Invalid(StoredSecret.maskFault)
                }
                try check(text)
                return .plain(Secret(text))
            } catch {
                faults.append(Fault(path, error.message))
                return nil
            }
        }
    }

    /// The secrets of Standard Webhooks, separated by a space.
    package static func signingSecret(from source: StoredSecret.Source) -> Rule {
        func schema() -> JSON {
            let (quad, one, two) = ("[A-Za-z0-9+/]{4}", "[A-Za-z0-9+/][AQgw]==", "[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=")
            let secret = "whsec_((\(quad)){8,20}(\(one)|\(two))?|(\(quad)){21}(\(one))?)"
            return [
                "title": "text", "type": "string", "pattern": .string("^\(secret)( \(secret))*$"), "maxLength": 1024,
                "description":
                    "whsec_ and the base64 of 24 to 64 bytes; several secrets, separated by one space, each add a signature.",
            ]
        }
        return secret(from: source, schema: schema()) { text throws(Invalid) in
            guard text.utf8.count <= 1024, StandardWebhookSignature(secret: Secret(text)) != nil else {
                throw Invalid(
                    "must be whsec_ followed by the base64 of 24 to 64 bytes; several are separated by one space")
            }
        }
    }
}
