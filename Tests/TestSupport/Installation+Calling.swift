package import JSON
import System

/// Calls of the functions with the installation's settings.
extension Installation {
    /// Makes one call, which may succeed or fail.
    package func call(
        _ function: String, _ input: String, environment: [String: String] = [:]
    ) throws -> FunctionCall {
        FunctionCall(
            try Programs.run(function, input: input, environment: self.environment.merging(environment) { $1 }))
    }

    /// Makes a call that must succeed, and returns its answer.
    @discardableResult
    package func ask(_ function: String, _ input: JSON) throws -> JSON {
        let call = try call(function, input.encodedText)
        guard call.status == .exited(0) else {
            throw DidNotHappen(description: "\(function) \(input.encodedText) succeeds, but \(call.text)\(call.log)")
        }
        return call.answer
    }

    /// Makes a call that must fail.
    package func refusal(of function: String, _ input: JSON) throws -> FunctionCall {
        let call = try call(function, input.encodedText)
        guard call.status != .exited(0) else {
            throw DidNotHappen(description: "\(function) \(input.encodedText) fails, but \(call.text)")
        }
        return call
    }

    /// Runs the warm mode with these lines as its whole input.
    package func stream(_ function: String, _ lines: [String]) throws -> [JSON] {
        try Programs.stream(function, lines, environment: environment)
    }

    /// Sends the inputs through one warm process together and returns the answers in the inputs' order.
    package func ask(_ function: String, all inputs: [JSON]) throws -> [JSON] {
        let lines = inputs.enumerated().map { (["id": .integer($0), "input": $1] as JSON).encodedText }
        let answers = Dictionary(try stream(function, lines).map { ($0["id"]?.integer, $0) }) { first, _ in first }
        return try inputs.indices.map { index in
            guard let answer = answers[index] else {
                throw DidNotHappen(description: "an answer to \(inputs[index].encodedText)")
            }
            return answer["output"] ?? ["error": answer["error"] ?? .null]
        }
    }
}
