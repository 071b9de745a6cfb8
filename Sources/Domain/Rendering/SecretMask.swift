import JSON
import Secrets
import Text

/// Hides the secrets of a request in its answer. A receiver may repeat what it was sent, as it was sent or in one of
/// the usual encodings. The mask compares bytes, so that a combining character cannot hide a secret from it.
///
/// It searches for encodings of a text as a whole (base64, hexadecimal) as they are. Encodings of single characters
/// (JSON, HTML, percent-encoding) leave open which characters are encoded and how: there it decodes the answer, and
/// hides what a secret was decoded from. Each search takes time that is linear in the length of the answer.
///
/// Few answers repeat a secret. So a text is first searched for the first bytes of the secrets' encodings. The matcher
/// of the complete encodings is made only if the text contains such bytes.
package struct SecretMask: Sendable {
    /// The first bytes to search for; empty if there is nothing to hide, as in most requests.
    private let secrets: [[UInt8]]
    private let textLimit: Int
    private let beginnings: SecretBeginnings

    /// The shortest secret that is hidden, in bytes. Too much other text looks like a shorter one.
    package static let shortest = 4

    /// `others` are secrets that the request itself does not carry. `textLimit` is the longest text in which secrets
    /// are searched for, in bytes.
    package init(of request: OutgoingRequest?, and others: [String] = [], textLimit: Int = .max) {
        secrets = ((request?.secrets ?? []) + others).map { Array($0.utf8) }
        self.textLimit = textLimit
        var beginnings = SecretBeginnings()
        for secret in secrets {
            for form in SecretMask.forms(ofBeginning: secret) { beginnings.insert(form) }
        }
        self.beginnings = beginnings
    }

    package func callAsFunction(_ text: String) -> String {
        secrets.isEmpty ? text : String(decoding: self(Array(text.utf8)), as: UTF8.self)
    }

    /// `isCut` says whether the end of the text is missing, so that a secret may be cut there.
    package func callAsFunction(_ bytes: [UInt8], isCut: Bool = false) -> [UInt8] {
        if secrets.isEmpty { return bytes }
        let views = SecretMask.views(of: bytes, isCut: isCut)
        guard beginnings.occur(in: bytes) || views.contains(where: { beginnings.occur(in: $0.bytes) }) else {
            return bytes
        }
        let forms = Set(secrets.flatMap { SecretMask.forms(of: $0) }.filter { $0.count >= SecretMask.shortest })
        return ByteMatcher(forms, textLimit: textLimit).replacing(
            in: bytes, with: Array(Secret.mask.utf8), endsFrom: isCut ? SecretMask.shortest : nil, alsoIn: views)
    }

    /// A receiver may encode what it repeats twice: JSON that is shown as HTML, or that stands in a JSON string.
    private static let encodings: [[DecodedText.Encoding]] = [
        [.json], [.html], [.percent], [.form], [.json, .json], [.json, .html], [.html, .json],
        [.json, .percent], [.percent, .percent], [.lines], [.json, .lines],
    ]

    /// Decodes lazily, one view at a time, since each is several times as large as the text.
    private static func views(of bytes: [UInt8], isCut: Bool) -> some Sequence<DecodedText> {
        let written = DecodedText.Encoding.mayOccur(in: bytes) ? DecodedText(bytes) : nil
        return encodings.lazy.compactMap { encodings in
            var view = written
            for encoding in encodings {
                view = view.flatMap { DecodedText($0, from: encoding, isCut: isCut) }
            }
            return view
        }
    }

    /// The forms of a secret's first bytes. Each form of the whole secret begins with the same bytes as one of them.
    private static func forms(ofBeginning secret: [UInt8]) -> [[UInt8]] {
        let beginning = Array(secret.prefix(12))
        // The first bytes do not show whether the whole secret is base64, so this form is always included.
        return forms(of: beginning) + base64Forms(beginning)
    }

    private static func forms(of bytes: [UInt8]) -> [[UInt8]] {
        var forms = [bytes] + base64Forms(Array(Base64.encode(bytes).utf8))
        if bytes.count >= shortest { forms += (0..<3).flatMap { base64Forms(base64Inside(bytes, behind: $0)) } }
        // A receiver may write a secret that is base64 itself, such as the credentials of Basic, in another form of
        // base64.
        if Base64.decode(String(decoding: bytes, as: UTF8.self)) != nil { forms += base64Forms(bytes) }
        // Many receivers read header fields as Latin-1.
        if bytes.contains(where: { $0 >= 0x80 }) {
            forms.append(bytes.flatMap { Array(String(Unicode.Scalar($0)).utf8) })
        }
        // The hexadecimal digits of a shorter secret look like a number.
        if bytes.count >= shortest {
            forms += ["0123456789abcdef", "0123456789ABCDEF"].map { digits in
                let digits = Array(digits.utf8)
                return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            }
        }
        return forms
    }

    /// Returns the base64 characters of bytes inside a longer text that depend on these bytes alone. `count` is the
    /// number of bytes before them, modulo three.
    private static func base64Inside(_ bytes: [UInt8], behind count: Int) -> [UInt8] {
        let base64 = Array(Base64.encode([UInt8](repeating: 0, count: count) + bytes).utf8)
        // Each character holds six bits.
        return Array(base64[((8 * count + 5) / 6)..<(8 * (count + bytes.count) / 6)])
    }

    /// Returns base64 in both alphabets, with and without padding (RFC 4648 §4, §5).
    private static func base64Forms(_ base64: [UInt8]) -> [[UInt8]] {
        let url = base64.map { byte in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: byte
            }
        }
        return [base64, url].flatMap { [$0, Array($0.prefix { $0 != UInt8(ascii: "=") })] }
    }
}

/// The first bytes of secrets in their encodings, for a quick search.
private struct SecretBeginnings: Sendable {
    private var words: Set<UInt32> = []
    /// One bit for each value of the hash; most texts contain no word whose bit is set.
    private var bits = [UInt64](repeating: 0, count: 64)

    /// Adds the first bytes of a form. A form that is shorter than these bytes is not hidden.
    mutating func insert(_ form: [UInt8]) {
        guard form.count >= SecretMask.shortest else { return }
        let word = form.prefix(SecretMask.shortest).reduce(0) { $0 << 8 | UInt32($1) }
        words.insert(word)
        bits[SecretBeginnings.place(word).index] |= SecretBeginnings.place(word).bit
    }

    /// Whether a text contains the first bytes of a form.
    func occur(in text: [UInt8]) -> Bool {
        var word: UInt32 = 0
        for (index, byte) in text.enumerated() {
            word = word << 8 | UInt32(byte)
            let (place, bit) = SecretBeginnings.place(word)
            if bits[place] & bit != 0, index >= SecretMask.shortest - 1, words.contains(word) { return true }
        }
        return false
    }

    private static func place(_ word: UInt32) -> (index: Int, bit: UInt64) {
        let hash = (word &* 0x9E37_79B1) >> 20
        return (Int(hash >> 6), 1 << UInt64(hash & 63))
    }
}

extension OutgoingRequest {
    /// The secrets as they were sent. From an `Authorization` header it also takes the credentials behind the scheme,
    /// and the password in them.
    fileprivate var secrets: [String] {
        (shown?.secrets.map(\.revealed) ?? [])
            + headers.filter(\.isSecret).flatMap { header -> [String] in
                guard header.name.isSameHeaderName(as: "authorization") else { return [header.value] }
                let credentials = header.value.drop { $0 != " " }.dropFirst()
                let pair = Base64.decode(String(credentials)).map { String(decoding: $0, as: UTF8.self) } ?? ""
                return [header.value, String(credentials), String(pair.drop { $0 != ":" }.dropFirst())]
            }
    }
}
