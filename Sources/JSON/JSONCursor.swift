/// Reads JSON (RFC 8259) from front to back without a tree, for readers that know which members to expect. A method
/// that finds another value than the expected one returns nil or false. The caller then reads the whole text with the
/// parser, which knows every form of JSON and explains every mistake.
package struct JSONCursor {
    private let bytes: [UInt8]
    private var position = 0

    /// Nil if the bytes are not valid UTF-8.
    package init?(_ bytes: [UInt8]) {
        guard (try? UTF8Span(validating: bytes.span)) != nil else { return nil }
        self.bytes = bytes
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Consumes the byte and the white space after it, if the byte is the next one.
    private mutating func consume(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        skipSpace()
        return true
    }

    /// Whether nothing but white space is left after the position.
    package var isAtEnd: Bool { position == bytes.count }

    /// Reads an object in which each member is one of the table's, and none stands twice. `read` is called at each
    /// value; it consumes the value and returns true, or returns false.
    package mutating func object<Field>(
        _ table: MemberTable<Field>, _ read: (inout JSONCursor, Field) -> Bool
    ) -> Bool {
        object(of: table.names) { cursor, place in read(&cursor, table.fields[place]) }
    }

    /// Does the same with the index of a name in the list. Members usually come in the order of the list, so the search
    /// for a name begins after the last one.
    private mutating func object(of names: [ShortName], _ read: (inout JSONCursor, Int) -> Bool) -> Bool {
        guard consume(UInt8(ascii: "{")) else { return false }
        if consume(UInt8(ascii: "}")) { return true }
        var seen: UInt64 = 0
        var place = 0
        repeat {
            guard let name = shortName(), consume(UInt8(ascii: ":")) else { return false }
            var left = names.count
            while left > 0 {
                if place == names.count { place = 0 }
                if names[place] == name { break }
                place += 1
                left -= 1
            }
            let bit: UInt64 = 1 << UInt64(place)
            guard left > 0, seen & bit == 0, read(&self, place) else { return false }
            seen |= bit
            place += 1
        } while consume(UInt8(ascii: ","))
        return consume(UInt8(ascii: "}"))
    }

    /// Reads an object of strings, with at most `limit` members.
    /// - Returns: the members in their order; nil for anything else.
    package mutating func texts(limit: Int) -> [(name: String, value: String)]? {
        guard consume(UInt8(ascii: "{")) else { return nil }
        var members: [(name: String, value: String)] = []
        if consume(UInt8(ascii: "}")) { return members }
        repeat {
            guard members.count < limit, let name = text(), consume(UInt8(ascii: ":")), let value = text(),
                !members.contains(where: { $0.name == name })
            else { return nil }
            members.append((name, value))
        } while consume(UInt8(ascii: ","))
        return consume(UInt8(ascii: "}")) ? members : nil
    }

    /// Reads a member's name of at most 16 bytes without escapes.
    private mutating func shortName() -> ShortName? {
        guard next == UInt8(ascii: "\"") else { return nil }
        position += 1
        var name = ShortName()
        while let byte = next {
            position += 1
            if byte == UInt8(ascii: "\"") {
                skipSpace()
                return name
            }
            guard byte >= 0x20, byte != UInt8(ascii: "\\"), name.append(byte) else { return nil }
        }
        return nil
    }

    /// Reads a string.
    package mutating func text() -> String? {
        let quote = position
        if let place = plainText() { return String(decoding: bytes[place], as: UTF8.self) }
        guard quote < bytes.count, bytes[quote] == UInt8(ascii: "\"") else { return nil }
        // The string has escapes, which the parser decodes.
        var parser = JSONParser(bytes, depth: 0)
        parser.position = quote
        guard let text = try? parser.string() else { return nil }
        position = parser.position
        skipSpace()
        return text
    }

    /// Reads a string without escapes.
    /// - Returns: the range of its bytes, without the quotes; nil for anything else, and then nothing is consumed.
    private mutating func plainText() -> Range<Int>? {
        guard next == UInt8(ascii: "\"") else { return nil }
        var end = position + 1
        while end < bytes.count {
            let byte = bytes[end]
            if byte == UInt8(ascii: "\"") {
                let place = position + 1..<end
                position = end + 1
                skipSpace()
                return place
            }
            if byte < 0x20 || byte == UInt8(ascii: "\\") { return nil }
            end += 1
        }
        return nil
    }

    /// Reads a string without escapes.
    package mutating func plainBytes() -> ArraySlice<UInt8>? { plainText().map { bytes[$0] } }

    /// Reads a positive whole number of at most 18 digits, without a fraction or an exponent.
    package mutating func count() -> Int? {
        var value = 0
        var end = position
        while end < bytes.count, bytes[end].isDecimalDigit {
            value = value &* 10 &+ Int(bytes[end] &- 0x30)
            end += 1
        }
        guard value > 0, end - position <= 18, bytes[position] != UInt8(ascii: "0") else { return nil }
        if end < bytes.count, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[end]) {
            return nil
        }
        position = end
        skipSpace()
        return value
    }

    /// Consumes `null`, if it stands here.
    package mutating func null() -> Bool { consume(word: "null") }

    /// Reads `true` or `false`.
    package mutating func bool() -> Bool? {
        if consume(word: "true") { return true }
        return consume(word: "false") ? false : nil
    }

    private mutating func consume(word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard bytes.count - position >= length else { return false }
        var end = position
        for scalar in word.description.utf8 {
            guard bytes[end] == scalar else { return false }
            end += 1
        }
        position = end
        skipSpace()
        return true
    }

    /// Consumes these bytes, which are a whole value, and the white space after them, if they stand here.
    package mutating func consume(_ value: [UInt8]) -> Bool {
        guard stands(value) else { return false }
        position += value.count
        skipSpace()
        return true
    }

    /// Whether the bytes at the position are these.
    private func stands(_ value: [UInt8]) -> Bool {
        guard bytes.count - position >= value.count else { return false }
        let (line, known) = (bytes.span, value.span)
        for index in known.indices where line[position + index] != known[index] { return false }
        return true
    }

    /// Consumes any value.
    /// - Parameter depth: how deep it may be nested.
    /// - Returns: its bytes; nil if no valid value stands here.
    package mutating func value(depth: Int) -> [UInt8]? {
        var parser = JSONParser(bytes, depth: depth)
        parser.position = position
        guard (try? parser.skipValue()) != nil else { return nil }
        let value = bytes[position..<parser.position]
        position = parser.position
        skipSpace()
        return Array(value)
    }

    /// The number at the beginning of an object's member `id`, if the object begins with that member. Nothing is
    /// consumed.
    package func leadingID() -> Int? {
        var ahead = self
        guard ahead.consume(UInt8(ascii: "{")), ahead.shortName() == ShortName("id"), ahead.consume(UInt8(ascii: ":"))
        else { return nil }
        return ahead.count()
    }
}

/// The names of an object's members, which are the raw values of `Field`: at most 64, of at most 16 bytes each.
package struct MemberTable<Field: CaseIterable & RawRepresentable<String> & Sendable>: Sendable {
    fileprivate let fields = Array(Field.allCases)
    fileprivate let names: [ShortName]

    package init() {
        names = Field.allCases.compactMap { ShortName($0.rawValue) }
        precondition(fields.count <= 64 && names.count == fields.count, "the names of a MemberTable are too long")
    }
}

/// A text of at most 16 bytes, none of them zero.
private struct ShortName: Equatable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private var count: UInt64 = 0

    init() {}

    init?(_ text: String) {
        for byte in text.utf8 { guard append(byte) else { return nil } }
    }

    mutating func append(_ byte: UInt8) -> Bool {
        guard count < 16 else { return false }
        if count < 8 { low |= UInt64(byte) << (8 * count) } else { high |= UInt64(byte) << (8 * (count - 8)) }
        count += 1
        return true
    }
}

extension UInt8 {
    fileprivate var isDecimalDigit: Bool { self &- 0x30 < 10 }
}
