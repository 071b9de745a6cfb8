extension JSON {
    /// Removes the white space between the tokens of JSON text. PostgreSQL's functions write some around colons and
    /// commas. `text` is valid JSON (RFC 8259); the contents of strings stay as they are.
    package static func compact(_ text: String) -> String {
        let source = Array(text.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        /// The bytes from here to `index` are not copied yet.
        var begin = 0
        var index = 0
        while index < source.count {
            switch source[index] {
            case UInt8(ascii: "\""):
                index = end(ofString: index, in: source)
            case 0x20, 0x0A, 0x0D, 0x09:
                bytes += source[begin..<index]
                index += 1
                begin = index
            default:
                index += 1
            }
        }
        // Most texts were written by this program, without white space.
        if begin == 0 { return text }
        bytes += source[begin...]
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The index after the quote that ends the string. `start` is the index of the string's first quote.
    private static func end(ofString start: Int, in source: [UInt8]) -> Int {
        var index = start + 1
        while index < source.count {
            switch source[index] {
            case UInt8(ascii: "\""): return index + 1
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return source.count
    }
}
