/// Why bytes are not the one JSON value that was asked for.
package struct MalformedJSON: Error, Equatable {
    /// The member or item in which it was found; empty at the top.
    package let path: Path
    /// What is wrong, as a sentence without its subject. Repeats no value, which may be a secret.
    package let what: String
    /// Where it is wrong; nil where all of the text is.
    package let place: TextPlace?
    /// The same, counted from where the value of the outermost member or item begins in which it is wrong.
    package let placeInMember: TextPlace?
    /// What would be right.
    package let advice: String?

    /// What is wrong, where, and what would be right.
    package var message: String { sentence(place.map { "\($0)" }) }

    /// The same with the place in other words.
    /// - Parameter member: the member or item in which it was found.
    package func sentence(_ place: String?, in member: String = "") -> String {
        what + (member.isEmpty ? "" : ", in \(member)") + (place.map { ", at \($0)" } ?? "")
            + (advice.map { "; \($0)" } ?? "")
    }
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
            throw error.malformedJSON(bytes)
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
            throw error.malformedJSON(bytes)
        }
    }

    /// The first member of the object that the bytes begin, if it has this name and a string or number as its value;
    /// whatever comes behind it may be malformed.
    package static func leadingMember(_ name: String, of bytes: [UInt8]) -> JSON? {
        var parser = JSONParser(bytes, depth: 1)
        return try? parser.leadingMember(name)
    }
}
