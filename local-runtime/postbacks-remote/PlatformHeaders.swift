import Configuration
import Domain
import FunctionRuntime
import HTTP
import Secrets

/// The headers with which a platform is called, and the credentials that sign the call.
final class PlatformHeaders {
    private let settings: Settings
    private var authorization: Secret?
    private let credentials: Credentials?

    /// The credentials of AWS, from the variables that its own programs read.
    private struct Credentials {
        let key: String
        let secret: Secret
        let session: Secret?
    }

    /// - Throws: `misconfigured` if a Lambda function is called and there is nothing to sign with.
    init(_ settings: Settings, _ functions: [RemoteFunction]) throws(FunctionError) {
        self.settings = settings
        authorization = try settings(.invokeAuthorization)
        let key = try settings(Setting<String?>.variable("AWS_ACCESS_KEY_ID"))
        let secret = try settings(Setting<String?>.variable("AWS_SECRET_ACCESS_KEY"))
        let session = try settings(Setting<String?>.variable("AWS_SESSION_TOKEN"))
        if let key, let secret {
            credentials = Credentials(key: key, secret: Secret(secret), session: session.map(Secret.init))
        } else {
            credentials = nil
        }
        guard authorization != nil || credentials != nil || functions.allSatisfy({ $0.lambdaRegion == nil }) else {
            throw FunctionError(
                .misconfigured,
                "POSTBACKS_INVOKE names a Lambda function URL; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to sign its calls"
            )
        }
    }

    func all(for function: RemoteFunction) -> [HTTPRequest.Header] {
        var headers: [HTTPRequest.Header] = [
            ("Accept", "application/json"), ("Content-Type", "application/json"),
            ("User-Agent", "postbacks/\(Version.current)"),
        ]
        if let authorization {
            headers.append(("Authorization", authorization.revealed))
        } else if function.lambdaRegion != nil, let session = credentials?.session {
            headers.append(("X-Amz-Security-Token", session.revealed))
        }
        return headers
    }

    /// The credentials of a signed call; nil if the call is not signed.
    func signature(for function: RemoteFunction) -> HTTPRequest.Signature? {
        guard authorization == nil, let region = function.lambdaRegion, let credentials else { return nil }
        return HTTPRequest.Signature(
            accessKey: credentials.key, secretKey: credentials.secret.revealed, region: region, service: "lambda")
    }

    /// Reads the authorization again: a token in a file may have been renewed.
    func refresh() {
        if let renewed = try? settings(Setting<Secret?>.invokeAuthorization) { authorization = renewed }
    }
}

extension Setting<String?> {
    /// A variable that other programs define.
    fileprivate static func variable(_ name: String) -> Setting { Setting(name, whenMissing: "none", "") { $0 } }
}
