import Text

/// The encodings of text in a URL or a form.
extension PercentEncoding {
    /// Encodes only what a path or query must not contain (RFC 3986 §3.3, §3.4): control characters, space, `#`, bytes
    /// beyond ASCII, `" < > [ \ ] ^ ` { | }`, and a `%` without two hex digits. What is already percent-encoded stays
    /// as it is.
    static func repair(_ text: String) -> String {
        encode(text) { bytes, index in
            switch bytes[index] {
            case 0...0x20, 0x7F...0xFF, UInt8(ascii: "#"), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"),
                UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: "]"), UInt8(ascii: "^"), UInt8(ascii: "`"),
                UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
                false
            case UInt8(ascii: "%"):
                isEncoded(bytes, at: index)
            default: true
            }
        }
    }

    /// Encodes a name or value for `application/x-www-form-urlencoded`, as the WHATWG URL standard serialises it
    /// (§5.2).
    static func form(_ text: String) -> String {
        encode(text, spaceAsPlus: true) { bytes, index in
            let byte = bytes[index]
            return byte.isLetter || byte.isDigit || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
        }
    }

    /// Decodes a name in a query as a receiver reads it: percent-encoded bytes, and `+` for a space. Invalid UTF-8 is
    /// replaced.
    static func decoded(_ text: String) -> String {
        let withSpaces = text.utf8.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
        return String(decoding: decode(withSpaces), as: UTF8.self)
    }
}
