import Adapters
import ArgumentParser
import FunctionRuntime
import JSON

/// The form in which a platform sends the input of a function.
enum PlatformForm: String, ExpressibleByArgument, CaseIterable {
    case sqs, apigw, cloudevent, cgi

    func text(of input: JSON, for function: String) -> String {
        switch self {
        case .sqs: LambdaMessages.event(with: input.bytes).pretty()
        case .apigw: LambdaRequest.event(with: input.bytes).pretty()
        case .cloudevent: PlatformForm.cloudEvent(input, for: function).pretty()
        case .cgi: PlatformForm.command(input, for: function)
        }
    }

    /// An event in CloudEvents' structured form (CloudEvents 1.0.2, JSON Event Format §3).
    private static func cloudEvent(_ input: JSON, for function: String) -> JSON {
        [
            "specversion": "1.0", "id": "8f7ad8a1-0000-4000-8000-000000000001", "source": "/postbacks/generate",
            "type": .string("postbacks.\(function)"), "time": "2026-01-02T03:04:05Z",
            "datacontenttype": "application/json", "data": input,
        ]
    }

    /// A command that runs the function as a CGI program (RFC 3875) with the input as the request's body.
    private static func command(_ input: JSON, for function: String) -> String {
        let body = input.encodedText
        let variables = [
            "GATEWAY_INTERFACE=CGI/1.1", "REQUEST_METHOD=POST", "SCRIPT_NAME=/\(function)", "SERVER_NAME=localhost",
            "SERVER_PORT=80", "SERVER_PROTOCOL=HTTP/1.1", "CONTENT_TYPE=application/json",
            "CONTENT_LENGTH=\(body.utf8.count)",
        ]
        return "printf %s \(ShellText.quoted(body)) |\n  env \(variables.joined(separator: " ")) \(function)"
    }
}
