import Text

/// The members of a JSON object and of some objects in it, found in one pass. Only the values that are asked for are
/// built. No name stands twice in an object that is opened: readers disagree about which one counts.
package struct JSONOutline: Sendable {
    private let bytes: [UInt8]
    private let depth: Int
    private let members: [Member]

    fileprivate struct Member: Sendable {
        let name: String
        let place: Range<Int>
        /// The members of a value that is opened; nil for every other value.
        let inner: [Member]?
    }

    /// Nil if the bytes are not exactly one object, or if a name stands twice in an object that is opened. It is as strict as
    /// `JSON(parsing:)` about everything but the names in other objects. `names` are the names of members, at any level
    /// that is opened, whose objects are opened too.
    package init?(_ bytes: [UInt8], opening names: [String] = [], depth: Int = JSON.depthLimit) {
        var parser = JSONParser(bytes, depth: depth)
        guard let members = try? parser.outline(opening: names) else { return nil }
        self.init(bytes, depth, members)
    }

    private init?(_ bytes: [UInt8], _ depth: Int, _ members: [Member]) {
        self.bytes = bytes
        self.depth = depth
        self.members = members
    }

    /// The value of a member; nil for none.
    package subscript(name: String) -> JSON? {
        guard let place = member(name)?.place else { return nil }
        var parser = JSONParser(bytes, depth: depth)
        parser.position = place.lowerBound
        return try? parser.value()
    }

    /// The members of an object that is opened; nil for every other value.
    package func outline(_ name: String) -> JSONOutline? {
        member(name)?.inner.flatMap { JSONOutline(bytes, depth - 1, $0) }
    }

    /// The bytes of a member's value; nil for none and for `null`.
    package func bytes(_ name: String) -> ArraySlice<UInt8>? {
        guard let place = member(name)?.place, bytes[place.lowerBound] != UInt8(ascii: "n") else { return nil }
        return bytes[place]
    }

    private func member(_ name: String) -> Member? { members.first { $0.name == name } }
}

extension JSONParser {
    fileprivate mutating func outline(opening names: [String]) throws(ParserFault) -> [JSONOutline.Member] {
        try checkEncoding()
        skipSpace()
        guard peek == UInt8(ascii: "{") else { throw fault("is not an object", at: position) }
        let members = try members(opening: names)
        skipSpace()
        guard position == bytes.count else { throw trailingText() }
        return members
    }

    private mutating func members(opening names: [String]) throws(ParserFault) -> [JSONOutline.Member] {
        var members: [JSONOutline.Member] = []
        var seen = MemberNames()
        try eachMember { parser, name throws(ParserFault) in
            guard seen.insert(name) else {
                throw parser.fault("has the member \"\(name.cut(to: 256))\" twice", at: parser.position)
            }
            let start = parser.position
            var inner: [JSONOutline.Member]?
            if parser.peek == UInt8(ascii: "{"), names.contains(name) {
                inner = try parser.members(opening: names)
            } else {
                try parser.skipValue()
            }
            members.append(JSONOutline.Member(name: name, place: start..<parser.position, inner: inner))
        }
        return members
    }
}
