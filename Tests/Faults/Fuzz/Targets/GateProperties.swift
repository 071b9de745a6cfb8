import Domain
import Input
import JSON

@testable import FunctionRuntime

/// An input with rules of many kinds.
private struct PostbackInput: FunctionInput {
    init(_ fields: inout Fields) {
        _ = NewPostback(&fields)
    }
}

func checkGate(_ bytes: [UInt8]) throws(Violation) {
    let object = Result { () throws(FunctionError) in try Gate.object(bytes, limit: 1 << 16) }
    switch object {
    case .success(let members):
        try require(bytes.count <= 1 << 16, "nothing that is too large is accepted")
        try require(JSON.object(members) == (try? JSON(parsing: bytes)), "an input is what the parser says")
        try checkReading(members)
    case .failure(let error):
        try require(error.code == .invalidJSON, "what is no object is invalid_json")
        try checkError(error)
    }

    // The same bytes as the input of a line: accepted alike, wherever they end.
    let line = StreamLine(Array(#"{"id":7,"input":"#.utf8) + bytes + Array("}".utf8))
    switch (object, line.input) {
    case (.success(let one), .success(let other)):
        try require(line.id == 7, "a good line keeps its id")
        try require(JSON.object(one) == JSON.object(other), "a line's input is the same as a whole one")
    case (.success, .failure(let error)):
        throw Violation(description: "an input is refused as a line: \(error.message)")
    case (.failure, .failure(let error)):
        try require(error.isOfTheCaller, "a bad line is the caller's fault")
        try checkError(error)
    case (.failure, .success(let members)):
        // Bytes that close the object themselves: `{},"x":{}`; still, an input is an object of the line.
        try checkDepth(members)
    }

    // And as a line itself.
    let whole = StreamLine(bytes)
    switch whole.id {
    case .null, .string, .number: break
    default: throw Violation(description: "an id is a string, a number or null")
    }
    switch whole.input {
    case .success(let members):
        try require(whole.id != .null, "a good line has an id")
        try checkDepth(members)
        try checkReading(members)
    case .failure(let error):
        try require(error.isOfTheCaller, "a bad line is the caller's fault")
        try checkError(error)
    }
}

private func checkDepth(_ members: [JSON.Member]) throws(Violation) {
    let bytes = JSON.object(members).bytes
    try require((try? JSON(parsing: bytes)) == .object(members), "an input of a line is one as a whole")
}

private func checkReading(_ members: [JSON.Member]) throws(Violation) {
    do throws(FunctionError) {
        _ = try Gate.input(members, as: PostbackInput.self)
    } catch {
        try require(error.code == .invalidRequest, "a bad input is invalid_request")
        try require(!error.details.isEmpty, "an invalid_request names the fields")
        try checkError(error)
    }
}

/// What goes out of an error is JSON that the project's own gate would take.
private func checkError(_ error: FunctionError) throws(Violation) {
    let bytes = error.json.bytes
    try checkText(bytes)
    try require((try? JSON(parsing: bytes)) == error.json, "an error is JSON")
}

extension FunctionError {
    fileprivate var isOfTheCaller: Bool { code == .invalidJSON || code == .invalidRequest }
}
