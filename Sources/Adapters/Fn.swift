/// The Fn project's contract of containers: HTTP/1.1 over a socket of the file system, with one request at a time. Fn
/// accepts the statuses 200, 502 and 504; a container that answers with another one is stopped. A caller who gets 502
/// sees only that the function failed, and not the body.
package enum Fn {
    /// The variable that names the socket, `unix:` and a path.
    package static let variable = "FN_LISTENER"

    /// The path of the socket; nil where Fn did not start this process.
    /// - Throws: an error if the variable names something else.
    package static func socketPath(in environment: [String: String]) throws(UnusableCall) -> String? {
        guard let listener = environment[variable], !listener.isEmpty else { return nil }
        guard listener.hasPrefix("unix:/"), !listener.hasSuffix("/") else {
            throw UnusableCall("\(variable) must be unix: and the absolute path of a socket")
        }
        return String(listener.dropFirst("unix:".count))
    }

    /// Fn waits for the socket's name and connects as soon as it exists. So the socket is made under another name, gets
    /// its mode, and is then linked under the right name.
    package static func temporaryName(of name: String) -> String { "postbacks-\(name)" }

    /// The mode of the socket: Fn's agent may be another user.
    package static let socketMode: UInt32 = 0o666

    /// A final rejection is an answer, since the caller would not see the body of a 502. `Fn-Http-Status` is the status
    /// that Fn's HTTP triggers pass on.
    package static func answer(_ answer: FunctionAnswer) -> HTTPAnswer {
        switch answer.kind {
        case .done: HTTPAnswer(status: 200, object: answer.object)
        case .invalid, .refused:
            HTTPAnswer(
                status: 200, object: answer.object,
                headers: [HTTPAnswer.Field("Fn-Http-Status", "\(answer.httpStatus)")])
        case .unavailable, .broken: HTTPAnswer(status: 502, object: answer.object)
        }
    }

    /// The answer to a request that was refused before the function was called.
    package static func refusal(_ refused: HTTPAnswer) -> HTTPAnswer {
        HTTPAnswer(status: 502, headers: refused.headers, body: refused.body)
    }
}
