/// Percent-encoding (RFC 3986 §2.1).
package enum PercentEncoding {
    /// Encodes all bytes except unreserved characters.
    package static func component(_ text: String) -> String {
        encode(text) { bytes, index in bytes[index].isUnreserved }
    }

    /// Encodes the bytes of the text's UTF-8 for which `stays` returns false. `spaceAsPlus` says whether an encoded
    /// space becomes a plus sign, as in a form. `stays` is called with the bytes of the text and the index of one, and
    /// says whether that byte is left as it is.
    package static func encode(
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

    /// Decodes a percent-encoded text. A percent sign without two hexadecimal digits stays as it is.
    package static func decode(_ text: some Sequence<UInt8>) -> [UInt8] {
        let written = Array(text)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(written.count)
        var index = 0
        while index < written.count {
            if isEncoded(written, at: index), let high = written[index + 1].hexDigitValue,
                let low = written[index + 2].hexDigitValue
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(written[index])
                index += 1
            }
        }
        return bytes
    }

    /// Whether a percent sign with two hexadecimal digits is at the index.
    package static func isEncoded(_ bytes: [UInt8], at index: Int) -> Bool {
        bytes[index] == UInt8(ascii: "%") && index + 2 < bytes.count && bytes[index + 1].isHexDigit
            && bytes[index + 2].isHexDigit
    }
}
