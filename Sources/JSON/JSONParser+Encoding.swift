extension JSONParser {
    /// Accepts only UTF-8 without a byte order mark.
    func checkEncoding() throws(ParserFault) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw ParserFault(
                "begins with a byte order mark, which JSON must not", at: nil,
                advice: "save it as UTF-8 without one")
        }
        guard String(validating: bytes, as: UTF8.self) == nil else { return }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw ParserFault("is UTF-16, not UTF-8", at: nil, advice: "save it as UTF-8")
        }
        throw ParserFault(
            "is not valid UTF-8", at: JSONParser.validPrefix(of: bytes), advice: "save it as UTF-8")
    }

    /// The length in bytes of the longest prefix that is valid UTF-8.
    private static func validPrefix(of bytes: [UInt8]) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var length = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { length += UTF8.width(scalar) }
        return length
    }
}
