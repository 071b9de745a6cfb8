package import Input
import JSON
import Secrets
import Text

/// The header fields that an affiliate defines, in the order of their names.
package struct RequestHeaders: Sendable, Hashable {
    let fields: [Field]

    struct Field: Sendable, Hashable {
        let name: String
        let value: Value

        /// The path to which a secret value is sealed.
        var path: String { RequestHeaders.path(of: name) }
    }

    static func path(of name: String) -> String { "requestHeaders.\(name.lowercased())" }

    enum Value: Sendable, Hashable {
        case open(Template)
        /// The text of a template, which is a secret.
        case secret(StoredSecret)
    }

    package static let none = RequestHeaders(fields: [])

    /// The largest size of all names and values that a caller gives, in bytes.
    static let byteLimit = 64 << 10

    func contains(_ name: String) -> Bool { fields.contains { $0.name.isSameHeaderName(as: name) } }

    /// `secret` writes a secret; it gets the secret and the path of its field.
    func json(_ secret: (StoredSecret, String) -> JSON) -> JSON {
        .object(
            fields.map { field in
                switch field.value {
                case .open(let template): JSON.Member(field.name, .string(template.text))
                case .secret(let value): JSON.Member(field.name, secret(value, field.path))
                }
            })
    }

    /// Returns the same headers, with each secret replaced by what `change` returns for it.
    func changed<E>(_ change: (StoredSecret, String) throws(E) -> StoredSecret) throws(E) -> RequestHeaders {
        RequestHeaders(
            fields: try fields.map { field throws(E) in
                guard case .secret(let secret) = field.value else { return field }
                return Field(name: field.name, value: .secret(try change(secret, field.path)))
            })
    }
}

/// The rules for the names of headers.
enum HeaderName {
    /// Returns why a name cannot be set; nil if it can.
    static func refusal(_ name: String) -> String? {
        let name = name.lowercased()
        return refusals.first { $0.names.contains(name) }?.message
    }

    private static let refusals: [(names: [String], message: String)] = [
        (["host"], "follows from the URL and cannot be set"),
        (["content-length", "transfer-encoding"], "follows from the body and cannot be set"),
        (
            [
                "connection", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate", "te",
                "trailer", "upgrade", "http2-settings",
            ], "belongs to the connection and cannot be set"
        ),
        (["expect"], "cannot be set"),
        (["postback-delivery-id", "postback-attempt", "postback-test"], "is set by this system"),
        (
            ["webhook-id", "webhook-timestamp", "webhook-signature"],
            "is set by this system; give signingSecret"
        ),
    ]

    /// The JSON Schema of the names that may be set.
    static var schema: JSON {
        let refused = refusals.flatMap(\.names).map(SecretName.inAnyCase).joined(separator: "|")
        return [
            "pattern": #"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$"#, "not": ["pattern": .string("^(\(refused))$")],
        ]
    }
}

extension Rule<RequestHeaders> {
    package static func requestHeaders(from source: StoredSecret.Source) -> Rule {
        let open = Rule<Template>.headerValue(from: source)
        let secret = Rule<StoredSecret>.secret(from: source, schema: open.schema) { text throws(Invalid) in
            try HeaderName.checkSecret(text, from: source)
        }
        func schema() -> JSON {
            [
                "type": "object", "propertyNames": HeaderName.schema,
                "patternProperties": .object([JSON.Member(SecretName.headerPattern, secret.schema)]),
                "additionalProperties": open.schema, "maxProperties": 64,
                "description": .string(
                    "Names that differ in more than upper and lower case; values with macros, each at most \(Template.byteLimit) bytes and \(Template.mapLimit) entries of a map; all names and values together at most \(RequestHeaders.byteLimit) bytes. No Authorization beside basicAuth."
                ),
            ]
        }
        return Rule(schema: schema(), placeholder: RequestHeaders.none) { json, path, faults in
            guard case .object(let members) = json else {
                faults.append(Fault(path, "must be an object of strings, not \(json.kind)"))
                return nil
            }
            guard members.count <= 64 else {
                faults.append(Fault(path, "must have at most 64 members, not \(members.count)"))
                return nil
            }
            let size = members.reduce(0) { $0 + $1.name.utf8.count + ($1.value.text?.utf8.count ?? 0) }
            if source == .caller, size > RequestHeaders.byteLimit {
                faults.append(
                    Fault(
                        path, "must have at most \(RequestHeaders.byteLimit) bytes in all names and values, not \(size)"
                    ))
                return nil
            }
            let before = faults.count
            var seen: Set<String> = []
            var fields: [RequestHeaders.Field] = []
            for member in members {
                // An invalid name may be a whole header line with a secret in it: the message does not quote it.
                guard HeaderName.isName(member.name) else {
                    faults.append(Fault(path, HeaderName.expected))
                    continue
                }
                let place = path.member(member.name)
                if let wrong = HeaderName.refusal(member.name) { faults.append(Fault(place, wrong)) }
                if !seen.insert(member.name.lowercased()).inserted {
                    faults.append(Fault(place, "occurs twice; upper and lower case make no difference in header names"))
                }
                let value: RequestHeaders.Value? =
                    SecretName.isOfHeader(member.name)
                    ? secret.read(member.value, place, &faults).map { .secret($0) }
                    : open.read(member.value, place, &faults).map { .open($0) }
                if let value { fields.append(RequestHeaders.Field(name: member.name, value: value)) }
            }
            guard faults.count == before else { return nil }
            return RequestHeaders(fields: fields.sorted { $0.name.lowercased() < $1.name.lowercased() })
        }
    }
}

extension HeaderName {
    fileprivate static func isName(_ name: String) -> Bool { name.isToken && name.utf8.count <= 128 }

    fileprivate static let expected =
        "has a name that is not a header name: 1 to 128 letters, digits and ! # $ % & ' * + - . ^ _ ` | ~"

    /// Makes the same checks as for an open value, but no message quotes the text.
    fileprivate static func checkSecret(_ text: String, from source: StoredSecret.Source) throws(Invalid) {
        guard text.unicodeScalars.count <= 8192 else { throw Invalid("must have at most 8192 characters") }
        if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw Invalid("must not contain control characters")
        }
        if source == .caller, text.utf8.count > Template.byteLimit {
            throw Invalid("must have at most \(Template.byteLimit) bytes, not \(text.utf8.count)")
        }
        guard let template = try? Template(parsing: text, in: .header) else {
            throw Invalid("has a { or } that does not belong to a macro; a literal brace is written {{ or }}")
        }
        if source == .caller { try template.checkMaps() }
    }
}

extension Rule<Template> {
    fileprivate static func headerValue(from source: StoredSecret.Source) -> Rule {
        Rule<String>.text(0...8192).parsed(placeholder: Template.empty) { text throws(Invalid) in
            try Template(parsing: text, in: .header, from: source)
        }
    }
}
