import Text

/// How text becomes part of a URL or a form.
extension PercentEncoding {
    /// Encodes only what no path or query may contain (RFC 3986 §3.3, §3.4): controls, space, `#`, beyond ASCII,
    /// `" < > [ \ ] ^ ` { | }`, and a `%` without two hex digits. What is percent-encoded already stays.
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

    /// A name or value in `application/x-www-form-urlencoded` as the WHATWG URL standard serialises it (§5.2).
    static func form(_ text: String) -> String {
        encode(text, spaceAsPlus: true) { bytes, index in
            let byte = bytes[index]
            return byte.isLetter || byte.isDigit || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
        }
    }

    /// A name in a query as a receiver reads it: percent-encoded bytes and `+` for a space; what is no UTF-8 is made so.
    static func decoded(_ text: String) -> String {
        let withSpaces = text.utf8.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
        return String(decoding: decode(withSpaces), as: UTF8.self)
    }
}
