package import JSON
package import System

/// The result of one call of a function.
package struct FunctionCall {
    package let status: ChildProcess.ExitStatus
    /// All of standard output.
    package let text: String
    /// All of standard error.
    package let log: String
    /// The object that the function printed; null if it printed none.
    package let answer: JSON

    package init(_ outcome: ChildProcess.Outcome) {
        status = outcome.status
        text = outcome.text
        log = outcome.errorText
        answer = (try? JSON(parsing: outcome.output, depth: JSON.depthLimit + 8)) ?? .null
    }

    /// The failure's code; nil for an answer, even if the answer has a member `error` among others.
    package var code: String? {
        guard case .object(let members) = answer, members.map(\.name) == ["error"] else { return nil }
        return answer.at("error.code")?.text
    }
    package var message: String { answer.at("error.message")?.text ?? "" }
    /// The fields that the error's details name.
    package var fields: [String] { (answer.at("error.details")?.items ?? []).compactMap { $0["field"]?.text } }
}
