/// The reason why bytes are not the one JSON value that was asked for.
package struct MalformedJSON: Error, Equatable {
    /// The member or item that contains the fault; empty at the top level.
    package let path: Path
    /// The fault as a predicate, such as `is empty`. It repeats no value, which may be a secret.
    package let problem: String
    /// The position of the fault; nil if it concerns the whole text.
    package let place: TextPlace?
    /// The same position, counted from the start of the value that contains it: a member's value in the outermost
    /// object, or an item of the outermost list.
    package let placeInMember: TextPlace?
    /// A suggestion for the correction.
    package let advice: String?

    /// The fault, its position and the suggestion as one sentence.
    package var message: String { sentence(place.map { "\($0)" }) }

    /// The same sentence with a position in other words. `member` is the member or item that contains the fault.
    package func sentence(_ place: String?, in member: String = "") -> String {
        problem + (member.isEmpty ? "" : ", in \(member)") + (place.map { ", at \($0)" } ?? "")
            + (advice.map { "; \($0)" } ?? "")
    }
}

extension JSON {
    /// The highest number of containers that may be nested.
    package static let depthLimit = 64

    /// Parses exactly one value. It is stricter than RFC 8259 where readers disagree: it refuses duplicate names, NUL,
    /// lone surrogates, a byte order mark and more than `depthLimit` levels.
    package init(parsing bytes: [UInt8], depth: Int = depthLimit) throws(MalformedJSON) {
        var parser = JSONParser(bytes, depth: depth)
        do throws(ParserFault) {
            self = try parser.document()
        } catch {
            throw error.malformedJSON(bytes)
        }
    }

    /// The names of one object's members and the byte ranges of their values, for a reader that needs only a few of
    /// them. It is as strict as `init(parsing:)`, except that it accepts duplicate names.
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

    /// The value of the object's first member. Nil if that member has another name, or if its value is an object or a
    /// list. The bytes after the value may be malformed.
    package static func leadingMember(_ name: String, of bytes: [UInt8]) -> JSON? {
        var parser = JSONParser(bytes, depth: 1)
        return try? parser.leadingMember(name)
    }
}
