/// Converts the text of a statement with named parameters to PostgreSQL's numbered ones, in the order of their first
/// use.
///
/// A name is an `@` directly followed by a lowercase letter, then lowercase letters, digits and underscores. Comments,
/// quoted texts and dollar-quoted texts are not changed.
struct NamedParameters {
    private(set) var sql: String
    private(set) var names: [String] = []

    init(_ text: String) {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var names: [String] = []
        var place = 0
        // Everything in front of this place is in the result.
        var copied = 0
        while place < bytes.count {
            if let end = NamedParameters.endOfQuotation(bytes, at: place) {
                place = end
            } else if let end = NamedParameters.endOfName(bytes, at: place) {
                let name = String(decoding: bytes[place + 1..<end], as: UTF8.self)
                if !names.contains(name) { names.append(name) }
                result += bytes[copied..<place]
                result += "$\((names.firstIndex(of: name) ?? 0) + 1)".utf8
                (place, copied) = (end, end)
            } else {
                place += 1
            }
        }
        result += bytes[copied...]
        sql = String(decoding: result, as: UTF8.self)
        self.names = names
    }

    /// The end of the parameter's name that begins at `place`; nil if none begins there.
    private static func endOfName(_ bytes: [UInt8], at place: Int) -> Int? {
        guard bytes[place] == UInt8(ascii: "@"), place + 1 < bytes.count, isLowercase(bytes[place + 1]) else {
            return nil
        }
        return bytes[(place + 1)...].firstIndex { !isOfName($0) } ?? bytes.count
    }

    /// The end of the comment or quotation that begins at `place`; nil if none begins there.
    private static func endOfQuotation(_ bytes: [UInt8], at place: Int) -> Int? {
        switch bytes[place] {
        case UInt8(ascii: "-") where isNext("-", to: place, in: bytes): return end(of: "\n", in: bytes, from: place + 2)
        case UInt8(ascii: "/") where isNext("*", to: place, in: bytes): return end(of: "*/", in: bytes, from: place + 2)
        // A doubled quote ends one quotation and begins the next.
        case UInt8(ascii: "'"): return end(of: "'", in: bytes, from: place + 1)
        case UInt8(ascii: "\""): return end(of: "\"", in: bytes, from: place + 1)
        case UInt8(ascii: "$"):
            let tagEnd = bytes[(place + 1)...].firstIndex { !isOfName($0) } ?? bytes.count
            guard tagEnd < bytes.count, bytes[tagEnd] == UInt8(ascii: "$") else { return nil }
            return end(of: String(decoding: bytes[place...tagEnd], as: UTF8.self), in: bytes, from: tagEnd + 1)
        default: return nil
        }
    }

    private static func isNext(_ character: Unicode.Scalar, to place: Int, in bytes: [UInt8]) -> Bool {
        place + 1 < bytes.count && bytes[place + 1] == UInt8(ascii: character)
    }

    /// The place behind the next `text`, or the end of the bytes.
    private static func end(of text: String, in bytes: [UInt8], from start: Int) -> Int {
        let text = Array(text.utf8)
        var place = start
        while place + text.count <= bytes.count {
            if bytes[place] == text[0], bytes[place..<place + text.count] == text[...] { return place + text.count }
            place += 1
        }
        return bytes.count
    }

    private static func isLowercase(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    private static func isOfName(_ byte: UInt8) -> Bool {
        isLowercase(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
    }
}

/// The values of a statement's parameters by name: `["offer_id": .text(id)]`.
package struct Arguments: Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var values: [(name: String, value: Parameter)]

    package init(dictionaryLiteral elements: (String, Parameter)...) {
        values = elements.map { (name: $0.0, value: $0.1) }
    }

    /// The arguments of both.
    package static func + (_ some: Arguments, _ others: Arguments) -> Arguments {
        var all = some
        all.values += others.values
        return all
    }

    func parameters(of statement: Statement) -> [Parameter] {
        if let fault = fault(for: statement) { preconditionFailure(fault) }
        return statement.parameterNames.enumerated().map { index, name in
            // Arguments are mostly given in the order in which the statement uses them.
            if values[index].name == name { return values[index].value }
            return values.first { $0.name == name }?.value ?? .null
        }
    }

    /// Why these arguments cannot be bound to the statement's parameters; nil if they can.
    package func fault(for statement: Statement) -> String? {
        let given = values.map(\.name)
        if given == statement.parameterNames { return nil }
        let missing = Set(statement.parameterNames).subtracting(given)
        let unknown = Set(given).subtracting(statement.parameterNames)
        if missing.isEmpty && unknown.isEmpty && given.count == statement.parameterNames.count { return nil }
        return """
            the arguments of \(statement.name) are not its parameters: missing \(missing.sorted()), \
            unknown \(unknown.sorted()), \(given.count) given for \(statement.parameterNames.count)
            """
    }
}
