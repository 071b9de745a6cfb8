/// How text becomes part of a URL or a form.
enum PercentEncoding {
    /// RFC 3986 §2.3: all but the unreserved characters is percent-encoded as UTF-8.
    static func component(_ text: String) -> String {
        encode(text) { $0.isUnreserved }
    }

    /// Encodes only what no URL may contain (RFC 3986 §2): controls, space, `#`, beyond ASCII, and `" < > \ ^ ` { | }`.
    /// What is percent-encoded already stays.
    static func repair(_ text: String) -> String {
        encode(text) { byte in
            switch byte {
            case 0...0x20, 0x7F...0xFF, UInt8(ascii: "#"), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"),
                UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"),
                UInt8(ascii: "}"):
                false
            default: true
            }
        }
    }

    /// A name or value in `application/x-www-form-urlencoded` as the WHATWG URL standard serialises it (§5.2).
    static func form(_ text: String) -> String {
        encode(text, spaceAsPlus: true) { byte in
            byte.isLetter || byte.isDigit || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
        }
    }

    private static func encode(_ text: String, spaceAsPlus: Bool = false, unless stays: (UInt8) -> Bool) -> String {
        if text.utf8.allSatisfy(stays) { return text }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 2)
        for byte in text.utf8 {
            if stays(byte) {
                bytes.append(byte)
            } else if spaceAsPlus, byte == UInt8(ascii: " ") {
                bytes.append(UInt8(ascii: "+"))
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isUnreserved: Bool {
        isLetter || isDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: ".") || self == UInt8(ascii: "_")
            || self == UInt8(ascii: "~")
    }
}
