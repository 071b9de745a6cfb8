import JSON
import Secrets

/// The place of a value among the params. A string or number is a secret there if its own name, or a name of an object
/// or list around it, suggests a secret, and if it contains no macro.
struct ParamPlace {
    private let path: Path
    private let isSecret: Bool

    /// The place of the params themselves.
    static let root = ParamPlace(path: Path.root.member("requestParams"), isSecret: false)

    func member(_ name: String) -> ParamPlace {
        ParamPlace(path: path.member(name), isSecret: isSecret || SecretName.isOfParam(name))
    }

    func item(_ index: Int) -> ParamPlace { ParamPlace(path: path.item(index), isSecret: isSecret) }

    /// The path of the value; a secret is sealed to it.
    var field: String { path.description }

    /// Whether a text without macros is a secret at this place.
    var holdsSecrets: Bool { isSecret }

    /// Returns the secret at this place, plain (the JSON text of a string or number) or sealed; nil if the value is no
    /// secret.
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

    /// Returns the same value, with each secret replaced by what `change` returns for it.
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
    /// The sealed text, if this is the stored form of a secret param. No caller may give such an object, under any
    /// name.
    var sealedParam: String? {
        guard case .object(let members) = self, members.count == 1, let text = self["sealed"]?.text,
            EncryptionKeys.isBoundToOrigin(text)
        else { return nil }
        return text
    }
}
