/// Why bytes are not the one JSON value that was asked for.
package struct MalformedJSON: Error, Equatable {
    /// The member or item in which it was found; empty at the top.
    package let path: Path
    /// What is wrong, and at which byte.
    package let message: String
}

extension JSON {
    /// How deep containers may stand in one another.
    package static let depthLimit = 64

    /// Parses exactly one value. Stricter than RFC 8259 where it leaves a choice: duplicate names, NUL, lone surrogates,
    /// a byte order mark and more than `depthLimit` levels are refused, because readers disagree about them.
    package init(parsing bytes: [UInt8], depth: Int = depthLimit) throws(MalformedJSON) {
        var parser = JSONParser(bytes, depth: depth)
        do throws(ParserFault) {
            self = try parser.document()
        } catch {
            throw error.malformedJSON
        }
    }

    /// The members of the one object that the bytes are, as the places of their values: for a reader that needs a few of them
    /// and passes the rest on. As strict as `init(parsing:)`, but for names that stand twice.
    package static func outline(
        of bytes: [UInt8], depth: Int = depthLimit
    ) throws(MalformedJSON) -> [(name: String, place: Range<Int>)] {
        var parser = JSONParser(bytes, depth: depth)
        do throws(ParserFault) {
            return try parser.outline()
        } catch {
            throw error.malformedJSON
        }
    }

    /// The first member of the object that the bytes begin, if it has this name and a string or number as its value;
    /// whatever comes behind it may be malformed.
    package static func leadingMember(_ name: String, of bytes: [UInt8]) -> JSON? {
        var parser = JSONParser(bytes, depth: 1)
        return try? parser.leadingMember(name)
    }
}

/// A recursive-descent parser over UTF-8 bytes.
private struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0
    /// How many containers are open.
    private var depth = 0
    private let depthLimit: Int

    init(_ bytes: [UInt8], depth: Int) {
        self.bytes = bytes
        depthLimit = depth
    }

    mutating func document() throws(ParserFault) -> JSON {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw fault("begins with a byte order mark, which JSON must not") }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw fault("is not valid UTF-8") }
        skipSpace()
        if position == bytes.count { throw fault("is empty; expected one JSON object") }
        let value = try self.value()
        skipSpace()
        guard position == bytes.count else { throw fault("has something after the value, at byte \(position)") }
        return value
    }

    /// The members of the one object that the bytes are, as the places of their values; everything in them is checked but
    /// for names that stand twice.
    mutating func outline() throws(ParserFault) -> [(name: String, place: Range<Int>)] {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw fault("is not valid UTF-8") }
        skipSpace()
        guard peek == UInt8(ascii: "{") else { throw fault("is not an object") }
        var members: [(name: String, place: Range<Int>)] = []
        try eachMember { parser, name throws(ParserFault) in
            let start = parser.position
            try parser.skipValue()
            members.append((name, start..<parser.position))
        }
        skipSpace()
        guard position == bytes.count else { throw fault("has something after the value, at byte \(position)") }
        return members
    }

    private mutating func skipValue() throws(ParserFault) {
        switch peek {
        case UInt8(ascii: "{"): try eachMember { parser, _ throws(ParserFault) in try parser.skipValue() }
        case UInt8(ascii: "["): try eachItem { parser throws(ParserFault) in try parser.skipValue() }
        case UInt8(ascii: "\""): try skipString()
        default: _ = try value()
        }
    }

    private mutating func skipString() throws(ParserFault) {
        let start = position
        position += 1
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if take(UInt8(ascii: "\""), skippingSpace: false) { return }
        position = start
        _ = try string()
    }

    mutating func leadingMember(_ name: String) throws(ParserFault) -> JSON? {
        skipSpace()
        guard take(UInt8(ascii: "{")), peek == UInt8(ascii: "\""), try string() == name else { return nil }
        skipSpace()
        guard take(UInt8(ascii: ":")), peek != UInt8(ascii: "{"), peek != UInt8(ascii: "[") else { return nil }
        return try value()
    }

    private mutating func value() throws(ParserFault) -> JSON {
        switch peek {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        case nil: throw fault("ends in the middle of a value")
        default: throw fault("has no JSON value at byte \(position)")
        }
    }

    private mutating func object() throws(ParserFault) -> JSON {
        var members: [JSON.Member] = []
        var names = MemberNames()
        try eachMember { parser, name throws(ParserFault) in
            guard names.insert(name) else { throw parser.fault("has the member \"\(name)\" twice") }
            members.append(JSON.Member(name, try parser.value()))
        }
        return .object(members)
    }

    private mutating func array() throws(ParserFault) -> JSON {
        var items: [JSON] = []
        try eachItem { parser throws(ParserFault) in items.append(try parser.value()) }
        return .array(items)
    }

    /// Steps through an object; `read` stands at a value and must step over it.
    private mutating func eachMember(
        _ read: (inout JSONParser, String) throws(ParserFault) -> Void
    ) throws(ParserFault) {
        try open()
        if take(UInt8(ascii: "}"), skippingSpace: false) { return close() }
        while true {
            guard peek == UInt8(ascii: "\"") else { throw fault("has no member name at byte \(position)") }
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("has no colon after a member name, at byte \(position)") }
            do throws(ParserFault) {
                try read(&self, name)
            } catch {
                throw error.inside(.member(name))
            }
            skipSpace()
            if take(UInt8(ascii: "}"), skippingSpace: false) { return close() }
            guard take(UInt8(ascii: ",")) else {
                throw fault("has neither a comma nor a closing brace at byte \(position)")
            }
        }
    }

    /// Steps through a list; `read` stands at an item and must step over it.
    private mutating func eachItem(_ read: (inout JSONParser) throws(ParserFault) -> Void) throws(ParserFault) {
        try open()
        if take(UInt8(ascii: "]"), skippingSpace: false) { return close() }
        var index = 0
        while true {
            do throws(ParserFault) {
                try read(&self)
            } catch {
                throw error.inside(.item(index))
            }
            index += 1
            skipSpace()
            if take(UInt8(ascii: "]"), skippingSpace: false) { return close() }
            guard take(UInt8(ascii: ",")) else {
                throw fault("has neither a comma nor a closing bracket at byte \(position)")
            }
        }
    }

    private mutating func open() throws(ParserFault) {
        guard depth < depthLimit else {
            throw ParserFault(
                message: "is nested deeper than \(JSON.depthLimit) levels, at byte \(position)", isOfTheWhole: true)
        }
        depth += 1
        position += 1
        skipSpace()
    }

    private mutating func close() { depth -= 1 }

    private mutating func string() throws(ParserFault) -> String {
        position += 1
        let start = position
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if take(UInt8(ascii: "\""), skippingSpace: false) {
            return String(decoding: bytes[start..<position - 1], as: UTF8.self)
        }
        var unescaped = Array(bytes[start..<position])
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: unescaped, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &unescaped)
            case 0..<0x20: throw fault("has an unescaped control character in a string, at byte \(position - 1)")
            default: unescaped.append(byte)
            }
        }
        throw fault("ends in the middle of a string")
    }

    private mutating func escape(into unescaped: inout [UInt8]) throws(ParserFault) {
        guard let byte = peek else { throw fault("ends in the middle of a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"): unescaped.append(contentsOf: Character(try escapedScalar()).utf8)
        default: throw fault("has an unknown escape at byte \(position - 2)")
        }
    }

    private mutating func escapedScalar() throws(ParserFault) -> Unicode.Scalar {
        let start = position - 2
        var code = try fourHexDigits()
        if code == 0 { throw fault("has a NUL character (\\u0000) at byte \(start), which cannot be stored") }
        if (0xD800..<0xDC00).contains(code), take(UInt8(ascii: "\\"), skippingSpace: false),
            take(UInt8(ascii: "u"), skippingSpace: false)
        {
            let low = try fourHexDigits()
            guard (0xDC00..<0xE000).contains(low) else { throw fault("has a lone surrogate at byte \(start)") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw fault("has a lone surrogate at byte \(start)") }
        return scalar
    }

    private mutating func fourHexDigits() throws(ParserFault) -> UInt32 {
        let end = position + 4
        guard end <= bytes.count, bytes[position..<end].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let code = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16)
        else { throw fault("has no four hexadecimal digits after \\u, at byte \(position)") }
        position = end
        return code
    }

    private mutating func number() throws(ParserFault) -> JSON {
        let start = position
        _ = take(UInt8(ascii: "-"), skippingSpace: false)
        if !take(UInt8(ascii: "0"), skippingSpace: false) { try digits() }
        if take(UInt8(ascii: "."), skippingSpace: false) { try digits() }
        if take(UInt8(ascii: "e"), skippingSpace: false) || take(UInt8(ascii: "E"), skippingSpace: false) {
            if !take(UInt8(ascii: "+"), skippingSpace: false) { _ = take(UInt8(ascii: "-"), skippingSpace: false) }
            try digits()
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() throws(ParserFault) {
        let start = position
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        if position == start { throw fault("has no digit at byte \(position)") }
    }

    private mutating func literal(_ word: String, _ value: JSON) throws(ParserFault) -> JSON {
        guard bytes[position...].starts(with: word.utf8) else { throw fault("has no JSON value at byte \(position)") }
        position += word.utf8.count
        return value
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Steps over the byte when it is the next one, and over the white space behind it.
    private mutating func take(_ byte: UInt8, skippingSpace: Bool = true) -> Bool {
        guard peek == byte else { return false }
        position += 1
        if skippingSpace { skipSpace() }
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func fault(_ message: String) -> ParserFault { ParserFault(message: message, isOfTheWhole: false) }
}

/// What is wrong, and on the way out of the containers, where.
private struct ParserFault: Error {
    enum Step {
        case member(String)
        case item(Int)
    }

    let message: String
    /// Whether the place says nothing.
    let isOfTheWhole: Bool
    /// From the inside to the outside.
    private var steps: [Step] = []

    init(message: String, isOfTheWhole: Bool) {
        self.message = message
        self.isOfTheWhole = isOfTheWhole
    }

    func inside(_ step: Step) -> ParserFault {
        var outer = self
        outer.steps.append(step)
        return outer
    }

    var malformedJSON: MalformedJSON {
        var place = Path.root
        if !isOfTheWhole {
            for step in steps.reversed() {
                switch step {
                case .member(let name): place = place.member(name)
                case .item(let index): place = place.item(index)
                }
            }
        }
        return MalformedJSON(path: place, message: message)
    }
}

/// The names that one object has so far, compared byte by byte: Swift's own comparison of strings takes canonically
/// equivalent ones for one.
private struct MemberNames {
    /// Most objects are small: comparing with each name costs less than making a hash of it.
    private var few: [String] = []
    private var many: Set<[UInt8]> = []
    private static let limit = 32

    /// False if the name is there already.
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
