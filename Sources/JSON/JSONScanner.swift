import Text

/// Recognises JSON without building its values, which takes a fraction of the parser's time. The parser accepts
/// everything that it recognises. It does not recognise rare forms, such as escapes in names. So text that it does not
/// recognise may still be valid, and the parser decides.
struct JSONScanner {
    private let bytes: [UInt8]
    private(set) var position: Int
    private let depthLimit: Int
    /// The number of open containers.
    private var depth = 0
    private var isASCII = true
    /// The places of the names in all open objects, those of the innermost object last.
    private var names: [Range<Int>] = []

    /// The maximum of members of an object whose names are compared; larger objects are left to the parser.
    private static let memberLimit = 32

    init(_ bytes: [UInt8], from start: Int = 0, depth: Int) {
        self.bytes = bytes
        position = start
        depthLimit = depth
    }

    /// Whether the bytes that were scanned are UTF-8.
    var isUTF8: Bool { isASCII || String(validating: bytes, as: UTF8.self) != nil }

    mutating func object() -> Bool {
        guard depth < depthLimit, next(UInt8(ascii: "{")) else { return false }
        depth += 1
        skipSpace()
        if !next(UInt8(ascii: "}")) {
            let first = names.count
            repeat {
                guard member(of: first) else { return false }
            } while next(UInt8(ascii: ","))
            guard next(UInt8(ascii: "}")) else { return false }
            names.removeLast(names.count - first)
        }
        depth -= 1
        return true
    }

    /// `first` is the place in `names` of the object's first name.
    private mutating func member(of first: Int) -> Bool {
        skipSpace()
        let start = position + 1
        guard plainString() else { return false }
        let name = start..<position - 1
        guard names.count - first < JSONScanner.memberLimit, !names[first...].contains(where: { isSame($0, name) })
        else { return false }
        names.append(name)
        skipSpace()
        guard next(UInt8(ascii: ":")) else { return false }
        skipSpace()
        guard value() else { return false }
        skipSpace()
        return true
    }

    private func isSame(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
        guard one.count == other.count else { return false }
        for index in 0..<one.count where bytes[one.lowerBound + index] != bytes[other.lowerBound + index] {
            return false
        }
        return true
    }

    private mutating func list() -> Bool {
        guard depth < depthLimit, next(UInt8(ascii: "[")) else { return false }
        depth += 1
        skipSpace()
        if !next(UInt8(ascii: "]")) {
            repeat {
                skipSpace()
                guard value() else { return false }
                skipSpace()
            } while next(UInt8(ascii: ","))
            guard next(UInt8(ascii: "]")) else { return false }
        }
        depth -= 1
        return true
    }

    private mutating func value() -> Bool {
        switch peek {
        case UInt8(ascii: "{"): object()
        case UInt8(ascii: "["): list()
        case UInt8(ascii: "\""): string()
        case UInt8(ascii: "t"): word("true")
        case UInt8(ascii: "f"): word("false")
        case UInt8(ascii: "n"): word("null")
        default: number()
        }
    }

    private mutating func word(_ word: String) -> Bool {
        for byte in word.utf8 { guard next(byte) else { return false } }
        return true
    }

    /// Reads a number (RFC 8259 §6).
    private mutating func number() -> Bool {
        _ = next(UInt8(ascii: "-"))
        guard next(UInt8(ascii: "0")) || digits() else { return false }
        if next(UInt8(ascii: ".")) { guard digits() else { return false } }
        if next(UInt8(ascii: "e")) || next(UInt8(ascii: "E")) {
            if !next(UInt8(ascii: "+")) { _ = next(UInt8(ascii: "-")) }
            return digits()
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = position
        while let byte = peek, byte &- 0x30 < 10 { position += 1 }
        return position > start
    }

    /// A string without escapes.
    private mutating func plainString() -> Bool {
        guard next(UInt8(ascii: "\"")) else { return false }
        skipPlainText()
        return next(UInt8(ascii: "\""))
    }

    private mutating func string() -> Bool {
        guard next(UInt8(ascii: "\"")) else { return false }
        while true {
            skipPlainText()
            if next(UInt8(ascii: "\"")) { return true }
            guard escape() else { return false }
        }
    }

    /// Moves to the next quote, backslash or control character.
    private mutating func skipPlainText() {
        var merged: UInt8 = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            merged |= byte
            position += 1
        }
        if merged >= 0x80 { isASCII = false }
    }

    private mutating func escape() -> Bool {
        guard next(UInt8(ascii: "\\")), let byte = peek else { return false }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        case UInt8(ascii: "u"): return escapedScalar()
        default: return false
        }
    }

    /// Reads the four digits of an escape, which must not be NUL, and the low surrogate that must follow a high one.
    private mutating func escapedScalar() -> Bool {
        guard let code = fourHexDigits(), code != 0 else { return false }
        switch code {
        case 0xD800..<0xDC00:
            guard next(UInt8(ascii: "\\")), next(UInt8(ascii: "u")), let low = fourHexDigits() else { return false }
            return (0xDC00..<0xE000).contains(low)
        case 0xDC00..<0xE000: return false
        default: return true
        }
    }

    private mutating func fourHexDigits() -> UInt32? {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = peek?.hexDigitValue else { return nil }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func next(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }
}

/// Objects that are recognised without building their values. An object with rare forms, such as escapes in names or
/// more than 32 members, is not recognised although it is valid; then the parser decides.
package enum PlainObject {
    /// Whether the bytes are one object that `JSON(parsing:)` accepts.
    package static func isAll(of bytes: [UInt8], depth: Int = JSON.depthLimit) -> Bool {
        var scanner = JSONScanner(bytes, depth: depth)
        scanner.skipSpace()
        guard scanner.object() else { return false }
        scanner.skipSpace()
        return scanner.position == bytes.count && scanner.isUTF8
    }

    /// The index behind the object that begins at `start`; nil if none is recognised there.
    package static func end(in bytes: [UInt8], from start: Int, depth: Int = JSON.depthLimit) -> Int? {
        var scanner = JSONScanner(bytes, from: start, depth: depth)
        return scanner.object() && scanner.isUTF8 ? scanner.position : nil
    }
}
