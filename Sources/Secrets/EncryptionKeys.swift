import Text

/// The keys of POSTBACKS_ENCRYPTION_KEY. The first key seals; all keys can open.
package struct EncryptionKeys: Sendable {
    private let keys: [Key]
    private struct Key {
        let id: String
        let bytes: [UInt8]
    }

    /// Reads comma-separated entries `id:base64` with keys of 32 bytes; an entry without an id has the id `1`. The
    /// error names the position of a fault, but no part of the text, which may be key material.
    package init(parsing text: String) throws(MalformedKeys) {
        var keys: [Key] = []
        let entries = text.split(separator: ",", omittingEmptySubsequences: false)
        for (index, entry) in entries.enumerated() {
            func fault(_ reason: MalformedKeys.Reason) -> MalformedKeys {
                MalformedKeys(position: index + 1, reason: reason)
            }
            let parts = entry.trimmed(of: \.isWhitespace).split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let id = parts.count == 2 ? String(parts[0]) : "1"
            guard isKeyID(id) else { throw fault(.id) }
            guard let bytes = Base64.decode(String(parts[parts.count - 1])), bytes.count == AESGCM.keyLength else {
                throw fault(.key)
            }
            guard !keys.contains(where: { $0.id == id }) else { throw fault(.repeatedID) }
            keys.append(Key(id: id, bytes: bytes))
        }
        self.keys = keys
    }

    /// The id of the key that is used for sealing.
    package var sealingID: String { keys[0].id }

    /// The ids of all keys; the sealing key comes first.
    package var ids: [String] { keys.map(\.id) }

    /// Seals for one context: `v1.<key id>.<base64 of nonce, ciphertext and tag>`, or `v2.…` if the context has an
    /// origin.
    package func seal(_ plain: Secret, for context: SealContext) -> String {
        let key = keys[0]
        let nonce = randomBytes(AESGCM.nonceLength)
        let sealed = AESGCM.seal(
            Array(plain.revealed.utf8), key: key.bytes, nonce: nonce, authenticating: context.bytes)
        return "\(context.form).\(key.id).\(Base64.encode(nonce + sealed))"
    }

    /// Seals a text again under the first key. The text may have been sealed by any of the keys, for the same context
    /// or, as earlier versions did, for its place alone.
    /// - Returns: nil if the first key has already sealed it for the whole context.
    package func reseal(_ sealed: String, for context: SealContext) throws(SealError) -> String? {
        let plain = try open(sealed, for: context)
        return sealed.hasPrefix("\(context.form).\(sealingID).") ? nil : seal(plain, for: context)
    }

    /// Whether the text can be opened for one origin only. Earlier versions sealed without an origin.
    package static func isBoundToOrigin(_ sealed: String) -> Bool { sealed.hasPrefix("\(SealContext.boundForm).") }

    /// The id of the key that sealed a text; nil if it is no sealed text.
    package static func id(of sealed: String) -> String? {
        let parts = sealed.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 ? String(parts[1]) : nil
    }

    /// The ids of the keys that sealed members in JSON: `{"sealed":"FORM.ID.…"}`. It reads each byte once.
    package static func ids(inJSON bytes: [UInt8]) -> Set<String> {
        let quote = UInt8(ascii: "\"")
        let point = UInt8(ascii: ".")
        let forms = [SealContext.placeForm, SealContext.boundForm].map { Array("\($0).".utf8) }
        var ids: Set<String> = []
        var rest = bytes[...]
        while let start = rest.firstIndex(of: quote) {
            rest = rest[(start + 1)...]
            guard let form = forms.first(where: { rest.starts(with: $0) }) else { continue }
            let id = rest.dropFirst(form.count).prefix(33).prefix { $0 != point }
            let text = String(decoding: id, as: UTF8.self)
            if isKeyID(text) { ids.insert(text) }
        }
        return ids
    }

    /// Opens a text that was sealed for the same context, or for its place alone.
    package func open(_ sealed: String, for context: SealContext) throws(SealError) -> Secret {
        let parts = sealed.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == SealContext.placeForm || parts[0] == SealContext.boundForm,
            isKeyID(String(parts[1])),
            let bytes = Base64.decode(String(parts[2])), bytes.count >= AESGCM.nonceLength + AESGCM.tagLength
        else { throw .malformed }
        let id = String(parts[1])
        guard let key = keys.first(where: { $0.id == id }) else { throw .unknownKey(id: id) }
        let nonce = Array(bytes.prefix(AESGCM.nonceLength))
        let ciphertext = Array(bytes.dropFirst(AESGCM.nonceLength))
        guard
            let plain = AESGCM.open(
                ciphertext, key: key.bytes, nonce: nonce,
                authenticating: parts[0] == SealContext.placeForm ? context.place : context.bytes),
            let text = String(validating: plain, as: UTF8.self)
        else { throw .tampered }
        return Secret(text)
    }
}

/// Whether the text has 1–32 characters of `[A-Za-z0-9_-]`.
private func isKeyID(_ text: String) -> Bool {
    (1...32).contains(text.utf8.count)
        && text.unicodeScalars.allSatisfy {
            switch $0 {
            case "A"..."Z", "a"..."z", "0"..."9", "_", "-": true
            default: false
            }
        }
}

extension EncryptionKeys: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "keys \(keys.map(\.id).joined(separator: ", "))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The reason why POSTBACKS_ENCRYPTION_KEY cannot be used.
package struct MalformedKeys: Error, Hashable, CustomStringConvertible {
    /// The position of the comma-separated entry, starting at 1.
    package let position: Int
    package let reason: Reason

    package enum Reason: Hashable, Sendable { case id, key, repeatedID }

    package var description: String {
        switch reason {
        case .id: "key \(position) has an id that is not 1 to 32 of A-Z a-z 0-9 _ -"
        case .key: "key \(position) is not the base64 of exactly 32 bytes, such as `openssl rand -base64 32` prints"
        case .repeatedID: "key \(position) has the id of an earlier one"
        }
    }
}

/// The place and the origin that a sealed text is bound to. It cannot be opened in another row or field, or be sent to
/// another origin.
package struct SealContext: Sendable, Hashable {
    /// For example `postback:17:basicAuth.password`.
    private let text: String
    /// For example `https://example.com:443`.
    private let origin: String?

    /// `origin` is the only scheme, host and port that the secret may be sent to; nil if it is not sent.
    package init(_ kind: String, id: Int, field: String, origin: String? = nil) {
        text = "\(kind):\(id):\(field)"
        self.origin = origin
    }

    /// The first part of a sealed text.
    fileprivate var form: String { origin == nil ? SealContext.placeForm : SealContext.boundForm }
    fileprivate static let placeForm = "v1"
    fileprivate static let boundForm = "v2"

    fileprivate var place: [UInt8] { Array(text.utf8) }

    /// An origin contains no line break, so two contexts never have the same bytes.
    fileprivate var bytes: [UInt8] { origin.map { Array("\($0)\n".utf8) + place } ?? place }
}

/// The reason why a sealed text cannot be opened.
package enum SealError: Error, Hashable, CustomStringConvertible {
    /// None of the keys has the id of the key that sealed it.
    case unknownKey(id: String)
    /// The text was changed, belongs to another row, field or origin, or was sealed with another key of the same id.
    case tampered
    /// The text is not a sealed one.
    case malformed

    package var description: String {
        switch self {
        case .unknownKey(let id): "POSTBACKS_ENCRYPTION_KEY has no key with the id \(id)"
        case .tampered:
            "the sealed value was changed, belongs to another field, or was sealed with another key of the same id"
        case .malformed: "the value is not sealed"
        }
    }
}
