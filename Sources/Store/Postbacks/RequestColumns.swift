import Domain
import JSON
import Postgres
import Secrets

/// The columns of a postback from `basic_auth` to `success_when`; nil is NULL.
struct RequestColumns: Sendable {
    let basicAuth: String?
    let requestParams: String?
    let requestHeaders: String?
    let signingSecret: String?
    let omitEmptyParams: Bool
    let skipWhenEmpty: String?
    let successWhen: String?

    /// `keys` seals the secrets.
    init(_ template: RequestTemplate, of postbackID: Int, with keys: EncryptionKeys?) {
        let stored = template.stored(of: postbackID, with: keys)
        func json(_ name: String) -> String? {
            guard let value = stored[name], value != .null else { return nil }
            return value.encodedText
        }
        basicAuth = json("basicAuth")
        requestParams = json("requestParams")
        requestHeaders = json("requestHeaders")
        signingSecret = json("signingSecret")
        omitEmptyParams = template.omitEmptyParams
        skipWhenEmpty = json("skipWhenEmpty")
        successWhen = json("successWhen")
    }

    /// One array for each column.
    static func arguments(of requests: [RequestColumns]) -> Arguments {
        func column(_ value: (RequestColumns) -> String?) -> Parameter { .array(requests.map(value)) }
        return [
            "basic_auths": column(\.basicAuth), "request_params": column(\.requestParams),
            "request_headers": column(\.requestHeaders), "signing_secrets": column(\.signingSecret),
            "omit_empty_params": column(\.omitEmptyParams.column), "skip_when_empty": column(\.skipWhenEmpty),
            "success_when": column(\.successWhen),
        ]
    }
}
