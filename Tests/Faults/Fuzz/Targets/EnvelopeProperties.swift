import FunctionRuntime
import Gateway
import JSON

/// The bytes stand for a caller's body, for a function's answer, and for a whole line of a function.
func checkEnvelope(_ bytes: [UInt8]) throws(Violation) {
    try checkScanner(bytes)
    try checkCall(bytes)
    try checkAnswered(bytes)
    try checkLine(bytes)
}

/// The scanner recognises nothing that the parser refuses.
private func checkScanner(_ bytes: [UInt8]) throws(Violation) {
    let object = try? JSON(parsing: bytes)
    if PlainObject.isAll(of: bytes) {
        try require(object?.kindIsObject == true, "what is recognised is one object for the parser too")
    }
    if let end = PlainObject.end(in: bytes, from: 0) {
        let value = try? JSON(parsing: Array(bytes[..<end]))
        try require(value?.kindIsObject == true, "an object ends where the scanner says")
    }
}

/// A body that is accepted becomes the input of one line with the gateway's id, and its bytes stay unchanged.
private func checkCall(_ body: [UInt8]) throws(Violation) {
    let isTaken = (try? CallLine.check(body, limit: 1 << 16)) != nil
    let value = try? JSON(parsing: body)
    let isObject = body.count <= 1 << 16 && value?.kindIsObject == true
    try require(isTaken == isObject, "exactly the objects are taken")
    guard isTaken, let value else { return }

    let line = CallLine.make(id: 7, input: body)
    try require(!line.contains(0x0A) && !line.contains(0x0D), "a call is one line")
    let before = Array(#"{"id":7,"input":"#.utf8)
    try require(line.count == before.count + body.count + 1, "a call has the body's bytes and its own, and no others")
    try require(line.starts(with: before) && line.last == UInt8(ascii: "}"), "the envelope is the gateway's")
    for (sent, written) in zip(line.dropFirst(before.count), body) {
        let isBreak = written == 0x0A || written == 0x0D
        try require(sent == (isBreak ? 0x20 : written), "the body's bytes are passed on unchanged")
    }
    // The function's own parser finds the same two members, and in them what the caller wrote.
    guard let parsed = try? JSON(parsing: line, depth: JSON.depthLimit + 1) else {
        throw Violation(description: "a call is not JSON")
    }
    try require(parsed == ["id": 7, "input": value], "a call has the gateway's id and the caller's input, and no more")
}

/// The bytes as a function's output: cut out unchanged, if it is an object, and otherwise no answer.
private func checkAnswered(_ output: [UInt8]) throws(Violation) {
    let line = Array(#"{"id":7,"output":"#.utf8) + output + Array("}".utf8)
    try require(AnswerLine.id(of: line[...]) == 7, "an answer has the id at its front")
    guard case .output(let bytes)? = AnswerLine(line).content else { return }
    guard let parsed = try? JSON.outline(of: line, depth: 1 << 10) else {
        throw Violation(description: "an answer that is taken is not JSON")
    }
    try require(parsed.map(\.name) == ["id", "output"], "an answer has two members")
    try require(bytes == line[parsed[1].place], "the answer's bytes are those of its member")
}

/// The bytes as a line: an answer is what any reader of JSON finds in it.
private func checkLine(_ line: [UInt8]) throws(Violation) {
    let content = AnswerLine(line).content
    let outline = try? JSON.outline(of: line, depth: 1 << 10)
    if let content {
        guard let outline else { throw Violation(description: "an answer that is taken is not JSON") }
        try require(outline.first?.name == "id", "an answer begins with its id")
        if case .output(let bytes) = content {
            try require(
                outline.count == 2 && bytes == line[outline[1].place], "the answer's bytes are those of its member")
            try require(outline[1].name == "output" && bytes.first == UInt8(ascii: "{"), "an output is an object")
        }
    }
    if let id = AnswerLine.id(of: line[...]), let outline {
        let value = try? JSON(parsing: Array(line[outline[0].place]))
        // Leading zeros make a line malformed, and then there is no outline.
        try require(value == .number("\(id)"), "the id at the front is that of the line")
    }
}

extension JSON {
    fileprivate var kindIsObject: Bool { if case .object = self { true } else { false } }
}
