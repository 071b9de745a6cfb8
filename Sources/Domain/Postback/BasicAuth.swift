package import Input
import JSON
import Secrets
import Text

/// The credentials in a postback's `Authorization` header.
package enum BasicAuth: Sendable, Hashable {
    /// A login with its password (RFC 7617).
    case login(String, password: StoredSecret)
    /// A token that is sent as it is, behind its scheme. For `Basic` it is token68.
    case token(StoredSecret, scheme: Scheme)

    package enum Scheme: String, CaseIterable, Sendable {
        case basic = "Basic"
        case bearer = "Bearer"
    }

    /// The password or token.
    var secret: StoredSecret {
        switch self {
        case .login(_, let password): password
        case .token(let token, _): token
        }
    }

    /// `secret` writes a secret; it gets the secret and the path of its field.
    func json(_ secret: (StoredSecret, String) -> JSON) -> JSON {
        switch self {
        case .login(let login, let password):
            ["login": .string(login), "password": secret(password, BasicAuth.passwordField)]
        case .token(let token, let scheme):
            ["token": secret(token, BasicAuth.tokenField), "scheme": .string(scheme.rawValue)]
        }
    }

    /// Returns the same credentials with the secret that `change` returns.
    func changed<E>(_ change: (StoredSecret, String) throws(E) -> StoredSecret) throws(E) -> BasicAuth {
        switch self {
        case .login(let login, let password): .login(login, password: try change(password, BasicAuth.passwordField))
        case .token(let token, let scheme): .token(try change(token, BasicAuth.tokenField), scheme: scheme)
        }
    }

    /// Returns the header's value, with the secret opened.
    func authorization(of owner: SecretOwner?, with keys: EncryptionKeys?) throws(RenderingError) -> Secret {
        switch self {
        case .login(let login, let password):
            let opened = try password.opened(BasicAuth.passwordField, of: owner, with: keys)
            return Secret("Basic \(Base64.encode(Array("\(login):\(opened.revealed)".utf8)))")
        case .token(let token, let scheme):
            let opened = try token.opened(BasicAuth.tokenField, of: owner, with: keys)
            return Secret("\(scheme.rawValue) \(opened.revealed)")
        }
    }

    private static let passwordField = "basicAuth.password"
    private static let tokenField = "basicAuth.token"
}

extension Rule<BasicAuth> {
    /// No fault quotes what was given: a secret may stand in any member by mistake.
    package static func basicAuth(from source: StoredSecret.Source) -> Rule {
        let login = Rule<BasicAuth>.object(quotesUnknown: false) { fields in
            let login = fields.required("login", .login, "Required with password; it must not contain a colon.")
            return .login(
                login,
                password: fields.required(
                    "password", .password(from: source), "Required with login."))
        }
        let token = Rule<BasicAuth>.object(quotesUnknown: false) { fields in
            let scheme = fields.optional(
                "scheme", .oneOf(BasicAuth.Scheme.self, placeholder: .basic, quotes: false), default: .basic)
            return .token(fields.required("token", .token(from: source, scheme)), scheme: scheme)
        }
        func schema() -> JSON {
            let tokenSchemas = BasicAuth.Scheme.allCases.map { scheme in
                let names: JSON = scheme == .basic ? ["Basic", .null, ""] : ["Bearer"]
                return [
                    "properties": [
                        "token": Rule<StoredSecret>.token(from: source, scheme).schema.merging([
                            "description": "Instead of login and password; sent as it is, after its scheme."
                        ]),
                        "scheme": [
                            "enum": names, "title": "\"Basic\", \"Bearer\"", "default": "Basic",
                            "description": "The scheme of the token.",
                        ],
                    ], "required": scheme == .basic ? ["token"] : ["token", "scheme"], "additionalProperties": false,
                ] as JSON
            }
            return ["type": "object", "anyOf": .array([login.schema] + tokenSchemas)]
        }
        return Rule(schema: schema(), placeholder: token.placeholder) { json, path, faults in
            guard case .object = json else {
                let forms = #"{"login":…,"password":…} or {"token":…,"scheme":"Basic" or "Bearer"}"#
                faults.append(Fault(path, "must be an object, \(forms), not \(json.kind)"))
                return nil
            }
            guard json["token"] != nil else { return login.read(json, path, &faults) }
            if json["login"] != nil || json["password"] != nil {
                faults.append(Fault(path, "must have either login and password, or a token"))
                return nil
            }
            return token.read(json, path, &faults)
        }
    }
}

extension Rule<String> {
    /// A login must not contain a colon, which ends it (RFC 7617 §2).
    fileprivate static var login: Rule {
        let pattern = #"^[^:\u0000-\u001f\u007f-\u009f]*$"#
        return text(0...256).parsed(placeholder: "", schema: ["pattern": .string(pattern)]) { login throws(Invalid) in
            if login.utf8.contains(UInt8(ascii: ":")) { throw Invalid("must not contain a colon") }
            return login
        }
    }
}

extension Rule<StoredSecret> {
    fileprivate static func password(from source: StoredSecret.Source) -> Rule {
        secret(from: source, schema: Rule<String>.text(0...1024).schema) { text throws(Invalid) in
            try checkLength(0...1024, text)
            if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                throw Invalid("must not contain control characters")
            }
        }
    }

    fileprivate static func token(from source: StoredSecret.Source, _ scheme: BasicAuth.Scheme) -> Rule {
        let pattern = scheme == .basic ? "^[A-Za-z0-9._~+/-]+=*$" : "^[!-~]+$"
        func schema() -> JSON {
            ["type": "string", "minLength": 1, "maxLength": 8192, "pattern": .string(pattern)]
        }
        return secret(from: source, schema: schema()) { text throws(Invalid) in
            try checkLength(1...8192, text)
            guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw Invalid("must consist of visible ASCII characters without spaces")
            }
            if scheme == .basic, !isToken68(text) {
                throw Invalid(
                    "must be token68 for the scheme Basic: A-Z a-z 0-9 - . _ ~ + / with = at the end only; the scheme Bearer takes others"
                )
            }
        }
    }

    private static func checkLength(_ length: ClosedRange<Int>, _ text: String) throws(Invalid) {
        guard length.contains(text.unicodeScalars.count) else {
            throw Invalid("must have from \(length.lowerBound) to \(length.upperBound) characters")
        }
    }

    /// Whether a text is token68 (RFC 9110 §11.2).
    private static func isToken68(_ text: String) -> Bool {
        let body = text.utf8.prefix { $0 != UInt8(ascii: "=") }
        return !body.isEmpty && text.utf8.dropFirst(body.count).allSatisfy { $0 == UInt8(ascii: "=") }
            && body.allSatisfy { $0.isLetter || $0.isDigit || "-._~+/".utf8.contains($0) }
    }
}
