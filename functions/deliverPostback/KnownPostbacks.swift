import Domain

/// A cache of parsed postbacks, by the bytes of their JSON. A warm process gets the same ones again and again, and
/// parsing templates is expensive. The least recently used ones are removed first.
struct KnownPostbacks {
    typealias Postback = (id: Int?, template: RequestTemplate)

    private var young = Generation()
    private var old = Generation()

    /// Postbacks of one period, which are forgotten together.
    private struct Generation {
        var postbacks: [Int: (json: [UInt8], postback: Postback)] = [:]
        var bytes = 0
    }

    /// The memory that all postbacks may take together, in bytes.
    private static let byteLimit = 48 << 20
    /// The memory that one postback may take, in bytes. A larger one is read each time: it must not displace many
    /// others.
    private static let postbackLimit = 1 << 20
    private static let bytesForPostback = 4096
    /// The memory that a postback takes for each byte of its JSON text: the text itself, its strings, and the same
    /// strings in its parsed templates.
    private static let bytesForByte = 4
    /// The memory for each comma and each opening brace of the text, which stand for a value, a member or a macro. A
    /// measurement found 48 bytes for a digit in a list, and 100 for a macro with the text after it.
    private static let bytesForPart = 160

    /// An upper limit of the memory that a postback takes, for its JSON and its parsed templates.
    static func memory(of json: [UInt8]) -> Int {
        let parts = json.count { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "{") }
        return bytesForPostback + bytesForByte * json.count + bytesForPart * parts
    }

    /// Returns the postback that was last read under this id. The caller must compare the bytes, because the postback
    /// may have changed.
    mutating func postback(id: Int) -> (json: [UInt8], postback: Postback)? {
        if let known = young.postbacks[id] { return known }
        guard let known = old.postbacks[id] else { return nil }
        remember(known.json, known.postback)
        return known
    }

    /// `json` is the text of the postback.
    mutating func remember(_ json: [UInt8], _ postback: Postback) {
        guard let id = postback.id else { return }
        let bytes = KnownPostbacks.memory(of: json)
        guard bytes <= KnownPostbacks.postbackLimit else { return }
        if young.bytes + bytes > KnownPostbacks.byteLimit / 2 {
            old = young
            young = Generation()
        }
        // The bytes of an older version that is replaced here stay counted until the generation is forgotten.
        young.postbacks[id] = (json, postback)
        young.bytes += bytes
    }
}
