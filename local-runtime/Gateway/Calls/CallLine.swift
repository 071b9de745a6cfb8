package import FunctionRuntime
import JSON

/// The line with which a warm function is called: `{"id":…,"input":…}`. The input's bytes stay as the caller wrote
/// them. They are checked first: anything but one JSON object could end the envelope and forge another caller's line.
package enum CallLine {
    /// Checks that the bytes are exactly one JSON object.
    /// - Throws: the error that the function itself would answer.
    package static func check(_ body: [UInt8], limit: Int) throws(FunctionError) {
        // Usual bodies are recognised without building their values; the parser decides about the others, and names the
        // mistake.
        if body.count <= limit, PlainObject.isAll(of: body) { return }
        _ = try Gate.object(body, limit: limit)
    }

    /// `input` is one JSON object. Line breaks in it are white space between its tokens, because those in texts are
    /// escaped; they become spaces, so that the line stays one.
    package static func make(id: UInt64, input: [UInt8]) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(input.count + 40)
        line.append(contentsOf: "{\"id\":\(id),\"input\":".utf8)
        let start = line.count
        line.append(contentsOf: input)
        for index in start..<line.count where line[index] == 0x0A || line[index] == 0x0D { line[index] = 0x20 }
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

extension CallLine {
    /// The place of a member's value; nil if the object has no such member. `object` is one JSON object.
    static func place(of name: String, in object: [UInt8]) -> Range<Int>? {
        let members = try? JSON.outline(of: object, depth: JSON.depthLimit + 16)
        return members?.first { $0.name.utf8.elementsEqual(name.utf8) }?.place
    }

    /// The object with the new members at its front, and without those that had one of the names. The values of the
    /// others stay as they are written.
    static func replacing(_ names: [String], with new: [JSON.Member], in object: [UInt8]) -> [UInt8] {
        guard let members = try? JSON.outline(of: object, depth: JSON.depthLimit + 16) else { return object }
        var bytes = Array(JSON.object(new).bytes.dropLast())
        for member in members where !names.contains(where: { member.name.utf8.elementsEqual($0.utf8) }) {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes += JSON.string(member.name).bytes + [UInt8(ascii: ":")] + object[member.place]
        }
        return bytes + [UInt8(ascii: "}")]
    }

    /// The object with another value of a member that it has.
    static func setting(_ name: String, to value: JSON, in object: [UInt8]) -> [UInt8] {
        guard let place = place(of: name, in: object) else { return object }
        return object[..<place.lowerBound] + value.bytes + object[place.upperBound...]
    }
}

/// A line that a warm function has answered: `{"id":…,"output":…}` or `{"id":…,"error":…}`.
package struct AnswerLine: Sendable, Equatable {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The id of a line, read without parsing the rest; nil for a line that does not begin like an answer.
    package static func id(of line: ArraySlice<UInt8>) -> UInt64? {
        guard line.starts(with: beginning) else { return nil }
        var id: UInt64 = 0
        var index = line.startIndex + beginning.count
        let first = index
        while index < line.endIndex, line[index] &- 0x30 < 10 {
            guard index - first < 19 else { return nil }
            id = id * 10 + UInt64(line[index] - 0x30)
            index += 1
        }
        guard index > first, index < line.endIndex, line[index] == UInt8(ascii: ",") else { return nil }
        // JSON has no numbers with leading zeros.
        return index - first > 1 && line[first] == UInt8(ascii: "0") ? nil : id
    }

    private static let beginning = Array("{\"id\":".utf8)
    private static let beforeOutput = Array(",\"output\":".utf8)

    package enum Content: Equatable {
        /// The bytes of the answer as the function wrote them.
        case output(ArraySlice<UInt8>)
        case error(Refusal)
    }

    /// The answer in the line; nil if the line is not an answer.
    package var content: Content? {
        if let output = usualOutput { return .output(output) }
        guard let members = try? JSON.outline(of: bytes, depth: AnswerLine.depthLimit), members.count == 2,
            members[0].name == "id"
        else { return nil }
        let value = bytes[members[1].place]
        switch members[1].name {
        case "output": return value.first == UInt8(ascii: "{") ? .output(value) : nil
        case "error": return (try? JSON(parsing: Array(value))).map { .error(Refusal(ofFunction: $0)) }
        default: return nil
        }
    }

    /// An answer may contain the caller's nested values, inside the envelope and members of the answer.
    private static let depthLimit = JSON.depthLimit + 16

    /// The answer in a line that is written as the functions write it, found without parsing; nil for any other line.
    private var usualOutput: ArraySlice<UInt8>? {
        guard let comma = bytes.firstIndex(of: UInt8(ascii: ",")), AnswerLine.id(of: bytes[...]) != nil,
            bytes[comma...].starts(with: AnswerLine.beforeOutput)
        else { return nil }
        let start = comma + AnswerLine.beforeOutput.count
        guard let end = PlainObject.end(in: bytes, from: start, depth: AnswerLine.depthLimit - 1),
            bytes[end...].elementsEqual([UInt8(ascii: "}")])
        else { return nil }
        return bytes[start..<end]
    }
}

extension AnswerLine {
    /// The object without a member. The other bytes stay as they are. `object` is one JSON object.
    static func removing(_ name: String, from object: [UInt8]) -> [UInt8] {
        CallLine.replacing([name], with: [], in: object)
    }
}
