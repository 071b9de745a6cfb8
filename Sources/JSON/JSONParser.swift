import Text

/// A recursive-descent parser over UTF-8 bytes.
struct JSONParser {
    let bytes: [UInt8]
    var position = 0
    /// The number of open containers.
    var depth = 0
    let depthLimit: Int

    init(_ bytes: [UInt8], depth: Int) {
        self.bytes = bytes
        depthLimit = depth
    }

    mutating func document() throws(ParserFault) -> JSON {
        try checkEncoding()
        skipSpace()
        if position == bytes.count {
            throw ParserFault("is empty", at: nil, advice: "expected one JSON object")
        }
        let value = try self.value()
        skipSpace()
        guard position == bytes.count else { throw trailingText() }
        return value
    }

    mutating func leadingMember(_ name: String) throws(ParserFault) -> JSON? {
        skipSpace()
        guard consume(UInt8(ascii: "{")), peek == UInt8(ascii: "\""), try string() == name else { return nil }
        skipSpace()
        guard consume(UInt8(ascii: ":")), peek != UInt8(ascii: "{"), peek != UInt8(ascii: "[") else { return nil }
        return try value()
    }

    mutating func value() throws(ParserFault) -> JSON {
        switch peek {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        default: throw noValue()
        }
    }

    mutating func object() throws(ParserFault) -> JSON {
        var members: [JSON.Member] = []
        var names = MemberNames()
        try eachMember { parser, name throws(ParserFault) in
            guard names.insert(name) else {
                throw parser.fault("has the member \"\(name.cut(to: 256))\" twice", at: parser.position)
            }
            members.append(JSON.Member(name, try parser.value()))
        }
        return .object(members)
    }

    mutating func array() throws(ParserFault) -> JSON {
        var items: [JSON] = []
        try eachItem { parser throws(ParserFault) in items.append(try parser.value()) }
        return .array(items)
    }

    /// Parses an object's members. `read` is called at each value and must consume it.
    mutating func eachMember(
        _ read: (inout JSONParser, String) throws(ParserFault) -> Void
    ) throws(ParserFault) {
        let start = position
        var separator: Separator?
        try open()
        if consume(UInt8(ascii: "}"), skippingSpace: false) { return close() }
        while true {
            guard peek == UInt8(ascii: "\"") else { throw noName(after: separator, in: start) }
            let name = try string()
            skipSpace()
            guard consume(UInt8(ascii: ":")) else { throw noColon(in: start) }
            let valueStart = position
            do throws(ParserFault) {
                try read(&self, name)
            } catch {
                throw error.inside(.member(name), from: valueStart)
            }
            let end = position
            skipSpace()
            if consume(UInt8(ascii: "}"), skippingSpace: false) { return close() }
            separator = Separator(position: position, valueEnd: end)
            guard consume(UInt8(ascii: ",")) else { throw noSeparator(behind: end, in: start) }
        }
    }

    /// Parses a list's items. `read` is called at each item and must consume it.
    mutating func eachItem(_ read: (inout JSONParser) throws(ParserFault) -> Void) throws(ParserFault) {
        let start = position
        try open()
        if consume(UInt8(ascii: "]"), skippingSpace: false) { return close() }
        var index = 0
        while true {
            let itemStart = position
            do throws(ParserFault) {
                try read(&self)
            } catch {
                throw error.inside(.item(index), from: itemStart)
            }
            index += 1
            let end = position
            skipSpace()
            if consume(UInt8(ascii: "]"), skippingSpace: false) { return close() }
            let comma = position
            guard consume(UInt8(ascii: ",")) else { throw noSeparator(behind: end, in: start) }
            if peek == UInt8(ascii: "]") { throw fault("has an extra comma before a closing bracket", at: comma) }
        }
    }

    mutating func open() throws(ParserFault) {
        guard depth < depthLimit else {
            throw ParserFault(
                "is nested deeper than \(JSON.depthLimit) levels", at: position, isOfTheWhole: true)
        }
        depth += 1
        position += 1
        skipSpace()
    }

    mutating func close() { depth -= 1 }

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Consumes the byte if it is the next one, and by default the white space after it.
    mutating func consume(_ byte: UInt8, skippingSpace: Bool = true) -> Bool {
        guard peek == byte else { return false }
        position += 1
        if skippingSpace { skipSpace() }
        return true
    }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    func fault(_ message: String, at position: Int, advice: String? = nil) -> ParserFault {
        ParserFault(message, at: position, advice: advice)
    }
}

/// The names that one object has so far, compared byte by byte. Swift's own comparison treats canonically equivalent
/// strings as equal.
struct MemberNames {
    /// Most objects are small, and then comparing all names is faster than hashing.
    private var few: [String] = []
    private var many: Set<[UInt8]> = []
    private static let limit = 32

    /// - Returns: false if the name is there already.
    mutating func insert(_ name: String) -> Bool {
        if few.count < MemberNames.limit {
            guard !few.contains(where: { $0 == name && $0.utf8.elementsEqual(name.utf8) }) else { return false }
            few.append(name)
            return true
        }
        if many.isEmpty { many = Set(few.map { Array($0.utf8) }) }
        return many.insert(Array(name.utf8)).inserted
    }
}

extension JSONParser {
    /// The members of one object with the byte ranges of their values. Everything is checked except duplicate names.
    mutating func outline() throws(ParserFault) -> [(name: String, place: Range<Int>)] {
        try checkEncoding()
        skipSpace()
        guard peek == UInt8(ascii: "{") else { throw fault("is not an object", at: position) }
        var members: [(name: String, place: Range<Int>)] = []
        try eachMember { parser, name throws(ParserFault) in
            let start = parser.position
            try parser.skipValue()
            members.append((name, start..<parser.position))
        }
        skipSpace()
        guard position == bytes.count else { throw trailingText() }
        return members
    }

    mutating func skipValue() throws(ParserFault) {
        switch peek {
        case UInt8(ascii: "{"): try eachMember { parser, _ throws(ParserFault) in try parser.skipValue() }
        case UInt8(ascii: "["): try eachItem { parser throws(ParserFault) in try parser.skipValue() }
        case UInt8(ascii: "\""): try skipString()
        default: _ = try value()
        }
    }

    mutating func skipString() throws(ParserFault) {
        let start = position
        position += 1
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if consume(UInt8(ascii: "\""), skippingSpace: false) { return }
        position = start
        _ = try string()
    }
}

extension JSONParser {
    /// Accepts only UTF-8 without a byte order mark.
    func checkEncoding() throws(ParserFault) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw ParserFault(
                "begins with a byte order mark, which JSON does not allow", at: nil,
                advice: "save it as UTF-8 without one")
        }
        if (try? UTF8Span(validating: bytes.span)) != nil { return }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw ParserFault("is UTF-16, not UTF-8", at: nil, advice: "save it as UTF-8")
        }
        let position = JSONParser.validPrefix(of: bytes)
        let fault = ParserFault("is not valid UTF-8", at: position, advice: "save it as UTF-8")
        throw membersAround(position).reversed().reduce(fault) { $0.inside(.member($1.name), from: $1.start) }
    }

    /// The names of the members whose values contain the byte at this index, beginning with the outermost object, in a
    /// text that need not be UTF-8. The characters of JSON's structure are ASCII, so that the others can be masked.
    /// Empty if the rest is malformed too.
    private func membersAround(_ position: Int) -> [(name: String, start: Int)] {
        let masked = bytes.map { $0 < 0x80 ? $0 : UInt8(ascii: "?") }
        var members: [(name: String, start: Int)] = []
        var place = 0..<masked.count
        while members.count < depthLimit {
            var parser = JSONParser(Array(masked[place]), depth: depthLimit - members.count)
            let index = position - place.lowerBound
            guard
                let member = try? parser.outline().first(where: { name, place in
                    place.contains(index) && !name.contains("?")
                })
            else { break }
            let start = place.lowerBound + member.place.lowerBound
            place = start..<start + member.place.count
            members.append((member.name, start))
        }
        return members
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
