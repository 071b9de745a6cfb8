import Domain
import JSON

/// Postbacks that were read recently. A warm process gets the same ones again and again, and reading templates is
/// expensive. Those that have not been used for longest are forgotten first.
struct KnownPostbacks {
    typealias Postback = (Int?, RequestTemplate)

    private var young = Generation()
    private var old = Generation()

    /// Postbacks of one period, which are forgotten together.
    private struct Generation {
        var postbacks: [Int: (json: JSON, postback: Postback)] = [:]
        var bytes = 0
    }

    /// The memory that all postbacks may take together, in bytes.
    private static let byteLimit = 64 << 20
    /// The memory that one postback may take, in bytes. A larger one is read each time: it must not displace many
    /// others.
    private static let postbackLimit = 1 << 20
    /// The memory that a postback takes, for its JSON and its parsed templates, as a multiple of the bytes of its JSON
    /// text. Measured factors: 24 for lists of digits, 20 for macros of four bytes with one byte of text between them,
    /// 9 for usual postbacks.
    private static let bytesForByte = 32
    private static let bytesForPostback = 4096

    /// Returns the postback if exactly the same JSON was read before.
    mutating func postback(_ json: JSON) -> Postback? {
        guard case .number(let digits)? = json["id"], let id = Int(digits) else { return nil }
        if let known = young.postbacks[id] { return known.json == json ? known.postback : nil }
        guard let known = old.postbacks[id], known.json == json else { return nil }
        remember(json, known.postback)
        return known.postback
    }

    mutating func remember(_ json: JSON, _ postback: Postback) {
        guard let id = postback.0 else { return }
        let bytes = KnownPostbacks.bytes(of: json)
        guard bytes <= KnownPostbacks.postbackLimit else { return }
        if young.bytes + bytes > KnownPostbacks.byteLimit / 2 {
            old = young
            young = Generation()
        }
        // The bytes of an older version that is replaced here stay counted until the generation is forgotten.
        young.postbacks[id] = (json, postback)
        young.bytes += bytes
    }

    private static func bytes(of json: JSON) -> Int { bytesForPostback + bytesForByte * json.textBytes }
}

extension JSON {
    /// The approximate length of its text, in bytes.
    fileprivate var textBytes: Int {
        switch self {
        case .null, .bool: 4
        case .number(let text), .encoded(let text): text.utf8.count + 1
        case .string(let text): text.utf8.count + 3
        case .array(let items): items.reduce(2) { $0 + $1.textBytes }
        case .object(let members): members.reduce(2) { $0 + $1.name.utf8.count + 4 + $1.value.textBytes }
        }
    }
}
