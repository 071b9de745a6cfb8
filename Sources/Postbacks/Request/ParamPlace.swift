import JSON
import Secrets

/// Where a value stands among the params, and whether it is a secret there: one of its names speaks of one, its own or that of
/// what it stands in, and it holds no macro.
struct ParamPlace {
    private let path: Path
    private let isSecret: Bool

    /// Of the params themselves.
    static let root = ParamPlace(path: Path.root.member("requestParams"), isSecret: false)

    func member(_ name: String) -> ParamPlace {
        ParamPlace(path: path.member(name), isSecret: isSecret || SecretName.isOfParam(name))
    }

    func item(_ index: Int) -> ParamPlace { ParamPlace(path: path.item(index), isSecret: isSecret) }

    /// What seals a secret to its place.
    var field: String { path.description }

    /// Whether a text without macros would be a secret here.
    var holdsSecrets: Bool { isSecret }

    /// The secret that stands here, as it is stored: the JSON text of a string or number, or what was sealed of it.
    func secret(_ json: JSON) -> StoredSecret? {
        guard isSecret else { return nil }
        switch json {
        case .object: return json.sealedParam.map(StoredSecret.sealed)
        case .number, .encoded: return .plain(Secret(json.encodedText))
        case .string(let text):
            let template = try? Template(parsing: text, in: .parameter)
            return text.isEmpty || template?.uses.isEmpty == false ? nil : .plain(Secret(json.encodedText))
        case .null, .bool, .array: return nil
        }
    }

    /// The same value with what `change` makes of each secret in its place.
    func replacing<E>(in json: JSON, _ change: (StoredSecret, _ field: String) throws(E) -> JSON) throws(E) -> JSON {
        if let secret = secret(json) { return try change(secret, field) }
        switch json {
        case .object(let members):
            return .object(
                try members.map { old throws(E) in
                    JSON.Member(old.name, try member(old.name).replacing(in: old.value, change))
                })
        case .array(let items):
            var new: [JSON] = []
            for (index, old) in items.enumerated() { new.append(try item(index).replacing(in: old, change)) }
            return .array(new)
        default: return json
        }
    }
}

extension JSON {
    /// What is sealed of a param, if this stands for it. No caller may give such an object, whatever its name.
    var sealedParam: String? {
        guard case .object(let members) = self, members.count == 1, let text = self["sealed"]?.text,
            EncryptionKeys.isBoundToOrigin(text)
        else { return nil }
        return text
    }
}
