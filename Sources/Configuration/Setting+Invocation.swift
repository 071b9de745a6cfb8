import Domain
package import FunctionRuntime
package import Input
package import Secrets

/// A place where a FaaS platform runs deliverPostback.
package struct RemoteFunction: Sendable, Hashable {
    /// An absolute http or https URL.
    package let url: String
    /// The scheme, host and port, for logs.
    package let origin: String
    /// The region of AWS, if the URL is that of a Lambda function: such a call is signed.
    package let lambdaRegion: String?

    package init(parsing text: String) throws(Invalid) {
        // A brace would begin a macro in the URL of a postback.
        let parsed = try PostbackURL(parsing: text.replacing("{", with: "{{").replacing("}", with: "}}"))
        url = text
        origin = parsed.origin
        let labels = parsed.host.split(separator: ".")
        let isLambda = labels.count == 5 && labels[1] == "lambda-url" && labels.suffix(2) == ["on", "aws"]
        lambdaRegion = isLambda ? String(labels[2]) : nil
    }
}

extension Setting<[RemoteFunction]> {
    /// Empty if deliverPostback runs beside the poller.
    package static var invoke: Setting {
        Setting(
            "POSTBACKS_INVOKE", whenMissing: "deliverPostback runs here",
            "URLs, comma-separated, where a platform runs deliverPostback for the poller: OpenFaaS, Knative, Cloud Run, a Lambda function URL"
        ) { text throws(Invalid) in
            var functions: [RemoteFunction] = []
            for part in (text ?? "").split(separator: ",") {
                let url = part.drop { $0.isWhitespace }.prefix { !$0.isWhitespace }
                guard part[url.endIndex...].allSatisfy(\.isWhitespace), !url.isEmpty else {
                    throw Invalid("must be http or https URLs, separated by commas")
                }
                functions.append(try RemoteFunction(parsing: String(url)))
            }
            return functions
        }
    }
}

extension Setting<Secret?> {
    package static var invokeAuthorization: Setting<Secret?> {
        Setting(
            "POSTBACKS_INVOKE_AUTHORIZATION", whenMissing: "none; Lambda: AWS_ACCESS_KEY_ID …",
            "the header Authorization for POSTBACKS_INVOKE, such as Bearer and a token; a changed file counts for the next call that is refused"
        ) { text throws(Invalid) in
            guard let text else { return nil }
            guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw Invalid("must be one line without control characters")
            }
            return Secret(text)
        }
    }
}
