package import FunctionRuntime
import JSON

/// The line with which a warm function is called: `{"id":…,"input":…}`. The input's bytes stay as the caller wrote
/// them. They are checked first: anything but one JSON object could end the envelope and forge another caller's line.
package enum CallLine {
    /// Checks that the bytes are exactly one JSON object.
    /// - Throws: the error that the function itself would answer.
    package static func check(_ body: [UInt8], limit: Int) throws(FunctionError) {
        _ = try Gate.object(body, limit: limit)
    }

    /// `input` is one JSON object. Line breaks in it are white space between its tokens, because those in texts are
    /// escaped; they become spaces, so that the line stays one.
    package static func make(id: UInt64, input: [UInt8]) -> [UInt8] {
        var line = Array("{\"id\":\(id),\"input\":".utf8)
        line.reserveCapacity(line.count + input.count + 1)
        for byte in input { line.append(byte == 0x0A || byte == 0x0D ? 0x20 : byte) }
        line.append(UInt8(ascii: "}"))
        return line
    }

    /// The object with one more member at its front. `object` is one JSON object.
    /// - Throws: `invalidRequest` if it has such a member with another value.
    package static func adding(
        _ name: String, _ value: String, to object: [UInt8], from source: String
    ) throws(FunctionError) -> [UInt8] {
        let members = try Gate.object(object, limit: .max)
        if let member = members.first(where: { $0.isNamed(name) }) {
            guard member.value == .string(value) || member.value == .null else {
                throw .invalidRequest(name, "differs from the header \(source); send one of the two")
            }
            if member.value == .string(value) { return object }
            throw .invalidRequest(name, "is null beside the header \(source); leave it out")
        }
        guard let brace = object.firstIndex(of: UInt8(ascii: "{")) else { return object }
        let added = JSON.object([JSON.Member(name, .string(value))]).bytes.dropLast()
        let separator = members.isEmpty ? [] : [UInt8(ascii: ",")]
        return object[..<brace] + added + separator + object[(brace + 1)...]
    }
}

/// A line that a warm function has answered: `{"id":…,"output":…}` or `{"id":…,"error":…}`.
package struct AnswerLine: Sendable, Equatable {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The id of a line, read without parsing the rest; nil for a line that does not begin like an answer.
    package static func id(of line: ArraySlice<UInt8>) -> UInt64? {
        let beginning = Array("{\"id\":".utf8)
        guard line.starts(with: beginning) else { return nil }
        let digits = line.dropFirst(beginning.count).prefix { (0x30...0x39).contains($0) }
        guard digits.count < 20, line.dropFirst(beginning.count + digits.count).first == UInt8(ascii: ",") else {
            return nil
        }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }

    package enum Content: Equatable {
        /// The bytes of the answer as the function wrote them.
        case output(ArraySlice<UInt8>)
        case error(Refusal)
    }

    /// The answer in the line; nil if the line is not an answer.
    package var content: Content? {
        // An answer may contain what a caller nested, inside the envelope and members of the answer.
        guard let members = try? JSON.outline(of: bytes, depth: JSON.depthLimit + 16), members.count == 2,
            members[0].name == "id"
        else { return nil }
        let value = bytes[members[1].place]
        switch members[1].name {
        case "output": return value.first == UInt8(ascii: "{") ? .output(value) : nil
        case "error": return (try? JSON(parsing: Array(value))).map { .error(Refusal(ofFunction: $0)) }
        default: return nil
        }
    }
}

extension AnswerLine {
    /// The object without a member. The other bytes stay as they are. `object` is one JSON object.
    static func removing(_ name: String, from object: [UInt8]) -> [UInt8] {
        guard let members = try? JSON.outline(of: object, depth: JSON.depthLimit + 16) else { return object }
        var rest: [UInt8] = [UInt8(ascii: "{")]
        for member in members where member.name != name {
            if rest.count > 1 { rest.append(UInt8(ascii: ",")) }
            rest += JSON.string(member.name).bytes + [UInt8(ascii: ":")] + object[member.place]
        }
        return rest + [UInt8(ascii: "}")]
    }
}
