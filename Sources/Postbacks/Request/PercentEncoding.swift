/// How text becomes part of a URL or a form.
enum PercentEncoding {
    /// RFC 3986 §2.3: all but the unreserved characters is percent-encoded as UTF-8.
    static func component(_ text: String) -> String {
        encode(text) { bytes, index in bytes[index].isUnreserved }
    }

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
                index + 2 < bytes.count && bytes[index + 1].isHexDigit && bytes[index + 2].isHexDigit
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
        let written = Array(text.utf8)
        var bytes: [UInt8] = []
        var index = 0
        while index < written.count {
            if written[index] == UInt8(ascii: "%"), index + 2 < written.count,
                let high = written[index + 1].hexDigitValue, let low = written[index + 2].hexDigitValue
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(written[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : written[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `stays` is asked for each byte of the text, by its place.
    private static func encode(
        _ text: String, spaceAsPlus: Bool = false, unless stays: ([UInt8], Int) -> Bool
    ) -> String {
        let written = Array(text.utf8)
        if written.indices.allSatisfy({ stays(written, $0) }) { return text }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(written.count * 2)
        for (index, byte) in written.enumerated() {
            if stays(written, index) {
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
    /// What it is worth as a hexadecimal digit; nil for any other byte.
    var hexDigitValue: UInt8? {
        guard isHexDigit else { return nil }
        return isDigit ? self - 0x30 : (self | 0x20) - 0x57
    }

    fileprivate var isUnreserved: Bool {
        isLetter || isDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: ".") || self == UInt8(ascii: "_")
            || self == UInt8(ascii: "~")
    }
}
