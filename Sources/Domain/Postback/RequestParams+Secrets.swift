import JSON
import Secrets

extension RequestParams {
    /// Whether there is a secret that is not sealed.
    package var hasPlainSecrets: Bool { !plainSecrets.isEmpty }
}

extension ParamValue {
    var hasSecrets: Bool {
        switch self {
        case .secret: true
        case .list(let items): items.contains(where: \.hasSecrets)
        case .object(let members): members.contains { $0.value.hasSecrets }
        case .text, .number, .bool, .null: false
        }
    }

    /// Returns the same value, with each secret replaced by what `change` returns for it.
    func changed<E>(_ change: (StoredSecret, _ field: String) throws(E) -> StoredSecret) throws(E) -> ParamValue {
        switch self {
        case .secret(let secret, let field): .secret(try change(secret, field), field: field)
        case .list(let items): .list(try items.map { item throws(E) in try item.changed(change) })
        case .object(let members):
            .object(try members.map { member throws(E) in (member.name, try member.value.changed(change)) })
        case .text, .number, .bool, .null: self
        }
    }

    /// The texts of the secrets that are not sealed, as a receiver reads them.
    var plainSecrets: [Secret] {
        switch self {
        case .secret(let secret, _): secret.openParam?.literal.map { [Secret($0)] } ?? []
        case .list(let items): items.flatMap(\.plainSecrets)
        case .object(let members): members.flatMap { $0.value.plainSecrets }
        case .text, .number, .bool, .null: []
        }
    }

    private var literal: String? {
        switch self {
        case .number(let digits): digits
        case .text(let template): template.segments.compactMap(\.text).joined()
        default: nil
        }
    }
}

extension StoredSecret {
    /// The value of a plain secret; nil if it is sealed, or if its text is not the JSON of a param.
    var openParam: ParamValue? {
        guard case .plain(let secret) = self else { return nil }
        switch try? JSON(parsing: Array(secret.revealed.utf8)) {
        case .number(let digits)?: return .number(digits)
        case .string(let text)?: return (try? Template(parsing: text, in: .parameter)).map(ParamValue.text)
        default: return nil
        }
    }

    /// The secret as it stands among the params that were given or stored.
    var givenParam: JSON {
        switch self {
        case .plain(let secret): (try? JSON(parsing: Array(secret.revealed.utf8))) ?? .string(Secret.mask)
        case .sealed(let text): ["sealed": .string(text)]
        }
    }
}

extension JSON {
    /// Returns what is wrong with a value at a place of the params; nil if nothing is. The message quotes no value that
    /// may be a secret.
    func wrong(at place: ParamPlace, from source: StoredSecret.Source) -> String? {
        if source == .caller, sealedParam != nil { return "has the form of a stored secret; give the secret itself" }
        guard place.holdsSecrets, case .string(let text) = self else { return nil }
        if source == .caller, text == Secret.mask { return StoredSecret.maskFault }
        if source == .caller, text.utf8.count > Template.byteLimit {
            return "must have at most \(Template.byteLimit) bytes, not \(text.utf8.count)"
        }
        guard (try? Template(parsing: text, in: .parameter)) != nil else {
            return "has a { or } that does not belong to a macro; a literal brace is written {{ or }}"
        }
        return nil
    }
}
