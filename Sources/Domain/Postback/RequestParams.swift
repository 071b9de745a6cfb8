package import Input
import JSON
import Secrets

/// The parameters that an affiliate defines, in the order of their names.
package struct RequestParams: Sendable, Hashable {
    /// The params as they were given or stored.
    fileprivate let json: JSON
    let members: [(name: String, value: ParamValue)]

    /// The deepest nesting of lists and objects; with it they also fit into the input of deliverPostback.
    package static let depthLimit = 32

    package static let none = RequestParams(json: .object([]), members: [])

    package static func == (one: RequestParams, other: RequestParams) -> Bool { one.json == other.json }
    package func hash(into hasher: inout Hasher) { json.hash(into: &hasher) }

    /// `secret` writes a secret; it gets the secret and the path of its field.
    func json(_ secret: (StoredSecret, _ field: String) -> JSON) -> JSON {
        ParamPlace.root.replacing(in: json, secret)
    }

    /// Returns the same params, with each secret replaced by what `change` returns for it.
    func changed<E>(_ change: (StoredSecret, _ field: String) throws(E) -> StoredSecret) throws(E) -> RequestParams {
        guard members.contains(where: { $0.value.hasSecrets }) else { return self }
        return RequestParams(
            json: try ParamPlace.root.replacing(in: json) { secret, field throws(E) in
                try change(secret, field).givenParam
            },
            members: try members.map { member throws(E) in
                (member.name, try member.value.changed(change))
            })
    }

    /// The texts of the secrets that are not sealed.
    var plainSecrets: [Secret] { members.flatMap { $0.value.plainSecrets } }

    /// Returns the faults of the values that only POST(JSON) can send, unless that is the type.
    func faults(sentAs type: HTTPType) -> [(field: String, message: String)] {
        if type == .json { return [] }
        var faults: [(field: String, message: String)] = []
        for (name, value) in members { value.describeFaults(Path.root.member("requestParams").member(name), &faults) }
        return faults
    }
}

/// The value of one param.
enum ParamValue: Sendable {
    case text(Template)
    /// The text of a number, with its own digits.
    case number(String)
    case bool(Bool)
    case null
    case list([ParamValue])
    case object([(name: String, value: ParamValue)])
    /// A secret string or number, as its JSON text, with the path of its field.
    case secret(StoredSecret, field: String)

    fileprivate func describeFaults(
        _ path: Path, isItem: Bool = false, _ faults: inout [(field: String, message: String)]
    ) {
        switch self {
        case .text(let template):
            if let type = template.typedMacro?.type {
                faults.append(
                    (path.description, "uses :\(type.rawValue), which only POST(JSON) can send; leave it out"))
            }
        case .number, .bool, .null, .secret: break
        case .list(let items):
            if isItem { faults.append((path.description, "is nested, which only POST(JSON) can send")) }
            for (index, item) in items.enumerated() {
                item.describeFaults(path.item(index), isItem: true, &faults)
            }
        case .object: faults.append((path.description, "is nested, which only POST(JSON) can send"))
        }
    }
}

extension Rule<RequestParams> {
    /// An object of strings (templates), numbers, booleans, nulls, lists and objects.
    package static func requestParams(from source: StoredSecret.Source) -> Rule {
        func schema() -> JSON {
            [
                "type": "object", "propertyNames": ["pattern": #"^[^{}\u0000-\u001f\u007f-\u009f]{1,256}$"#],
                "maxProperties": 256,
                "description": .string(
                    "Strings with macros, numbers, booleans, nulls and lists; with POST(JSON) also objects, whose names follow the same rules, lists in lists, and macros that become a JSON number or boolean, which must be the whole value: {payout:number}, {occurred_at:unix:number}, {is_test:boolean}. A value without macros whose name suggests a secret (key, token, password …) is stored encrypted and shown as ***, which is no valid input. At most \(RequestParams.valueLimit) values, including those in lists and objects; a string at most \(Template.byteLimit) bytes and \(Template.mapLimit) entries of a map; all names and values together at most \(RequestParams.byteLimit) bytes."
                ),
            ]
        }
        return Rule(schema: schema(), placeholder: RequestParams.none) { json, path, faults in
            guard case .object(let members) = json else {
                faults.append(Fault(path, "must be an object, not \(json.kind)"))
                return nil
            }
            guard members.count <= 256 else {
                faults.append(Fault(path, "must have at most 256 members, not \(members.count)"))
                return nil
            }
            if json.isDeeper(than: RequestParams.depthLimit) {
                faults.append(Fault(path, "must not be nested deeper than \(RequestParams.depthLimit) levels"))
                return nil
            }
            if source == .caller, let excess = RequestParams.excess(of: json) {
                faults.append(Fault(path, excess))
                return nil
            }
            let before = faults.count
            let values = ParamValue.members(members, path, .root, source, &faults)
            return faults.count == before ? RequestParams(json: json, members: values) : nil
        }
    }
}

extension ParamValue {
    /// Reads the members of an object, and sorts them by the bytes of their names.
    fileprivate static func members(
        _ members: [JSON.Member], _ path: Path, _ place: ParamPlace, _ source: StoredSecret.Source,
        _ faults: inout [Fault]
    ) -> [(name: String, value: ParamValue)] {
        let name = Rule<String>.text(1...256)
        var values: [(name: String, value: ParamValue)] = []
        for member in members {
            let path = path.member(member.name)
            _ = name.read(.string(member.name), path, &faults)
            if member.name.utf8.contains(UInt8(ascii: "{")) || member.name.utf8.contains(UInt8(ascii: "}")) {
                faults.append(Fault(path, "has braces in its name; macros are for values only"))
            }
            if let value = ParamValue(member.value, path, place.member(member.name), source, &faults) {
                values.append((member.name, value))
            }
        }
        return values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private init?(
        _ json: JSON, _ path: Path, _ place: ParamPlace, _ source: StoredSecret.Source, _ faults: inout [Fault]
    ) {
        if let wrong = json.wrong(at: place, from: source) {
            faults.append(Fault(path, wrong))
            return nil
        }
        if let secret = place.secret(json) {
            self = .secret(secret, field: place.field)
            return
        }
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let text), .encoded(let text): self = .number(text)
        case .string(let text):
            do throws(Invalid) {
                let template = try Template(
                    parsing: text, in: .parameter, from: source, hintLimit: Fault.limit - faults.count)
                self = .text(template)
            } catch {
                faults += error.messages.map { Fault(path, $0) }
                return nil
            }
        case .array(let items):
            self = .list(
                items.enumerated().compactMap { ParamValue($1, path.item($0), place.item($0), source, &faults) })
        case .object(let members): self = .object(ParamValue.members(members, path, place, source, &faults))
        }
    }
}

extension JSON {
    /// Whether lists and objects are nested in more than `limit` levels, this one included.
    fileprivate func isDeeper(than limit: Int) -> Bool {
        switch self {
        case .array(let items): limit == 0 || items.contains { $0.isDeeper(than: limit - 1) }
        case .object(let members): limit == 0 || members.contains { $0.value.isDeeper(than: limit - 1) }
        default: false
        }
    }
}

/// The limits for all the params together that a caller gives.
extension RequestParams {
    static let valueLimit = 256
    /// The largest size of all names and values, in bytes.
    static let byteLimit = 64 << 10

    /// Returns a message about the limit that is exceeded; nil if none is.
    static func excess(of json: JSON) -> String? {
        let size = json.size
        if size.values > valueLimit {
            return "must have at most \(valueLimit) values, including those in lists and objects, not \(size.values)"
        }
        if size.bytes > byteLimit {
            return "must have at most \(byteLimit) bytes in all names and values, not \(size.bytes)"
        }
        return nil
    }
}

extension JSON {
    /// The number of values that contain no others, and the bytes of their texts and of all names. The nesting must not
    /// be deeper than `RequestParams.depthLimit`.
    fileprivate var size: (values: Int, bytes: Int) {
        switch self {
        case .null, .bool: (1, 0)
        case .number(let text), .string(let text), .encoded(let text): (1, text.utf8.count)
        case .array([]), .object([]): (1, 0)
        case .array(let items): items.reduce((0, 0)) { sum, item in JSON.sum(sum, item.size, 0) }
        case .object(let members):
            members.reduce((0, 0)) { sum, member in JSON.sum(sum, member.value.size, member.name.utf8.count) }
        }
    }

    private static func sum(
        _ one: (values: Int, bytes: Int), _ other: (values: Int, bytes: Int), _ name: Int
    ) -> (values: Int, bytes: Int) {
        (one.values + other.values, one.bytes + other.bytes + name)
    }
}
