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
