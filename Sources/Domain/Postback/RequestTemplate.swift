package import Input
import JSON

/// The template of a postback's request: the settings that the affiliate gives.
package struct RequestTemplate: Sendable {
    package var url: PostbackURL
    package var httpType: HTTPType
    package var basicAuth: BasicAuth?
    package var requestParams: RequestParams = .none
    package var requestHeaders: RequestHeaders = .none
    package var signingSecret: StoredSecret?
    package var omitEmptyParams = false
    /// If one of these macros has no value, nothing is sent.
    package var skipWhenEmpty: [Macro] = []
    package var successWhen: SuccessCriteria = .any2xx

    package init(url: PostbackURL, httpType: HTTPType) {
        self.url = url
        self.httpType = httpType
    }

    /// Faults of fields taken together, such as basicAuth beside an Authorization header.
    package var faults: [(field: String, message: String)] {
        var faults = requestParams.faults(sentAs: httpType)
        if basicAuth != nil, let field = requestHeaders.fields.first(where: { $0.name.lowercased() == "authorization" })
        {
            faults.append(
                (
                    "requestHeaders.\(field.name)",
                    "is given together with basicAuth, which sets the same header; give only one of them"
                ))
        }
        return faults
    }
}

extension RequestTemplate {
    /// The descriptions of the fields, for a new postback, for a changed one and for one that is sent.
    enum Meaning {
        static let url = "The receiver's URL."
        static let httpType = "How the request is sent: a GET, a form or a JSON body."
        static let basicAuth =
            "The header Authorization: login and password, or a token. Stored encrypted and shown as ***."
        static let requestParams =
            "Names and values in the order of their names: with GET they are added to the URL's query, with POST they are the body."
        static let requestHeaders =
            "Your own header fields. Values whose names suggest a secret are stored encrypted and shown as ***."
        static let signingSecret = "Signs each request by Standard Webhooks: webhook-id, -timestamp and -signature."
        static let omitEmptyParams = "Whether a param with an empty value is left out."
        static let skipWhenEmpty =
            "Macros without braces. If one of them has no value, nothing is sent and the delivery is skipped."
        static let successWhen =
            "Which answers count as delivered, for trackers that answer 200 to requests that they refuse. Without it, every 2xx counts."
    }

    /// Reads all fields, from a caller (createPostback) or as they are stored (deliverPostback).
    package init(_ fields: inout Fields, from source: StoredSecret.Source) {
        url = fields.required("url", .postbackURL(from: source), Meaning.url)
        httpType = fields.required("httpType", .httpType, Meaning.httpType)
        basicAuth = fields.optional("basicAuth", .basicAuth(from: source), Meaning.basicAuth)
        requestParams = fields.optional(
            "requestParams", .requestParams(from: source), default: .none, Meaning.requestParams)
        requestHeaders = fields.optional(
            "requestHeaders", .requestHeaders(from: source), default: .none, Meaning.requestHeaders)
        signingSecret = fields.optional("signingSecret", .signingSecret(from: source), Meaning.signingSecret)
        omitEmptyParams = fields.optional("omitEmptyParams", .boolean, default: false, Meaning.omitEmptyParams)
        skipWhenEmpty = fields.optional("skipWhenEmpty", .skipWhenEmpty, default: [], Meaning.skipWhenEmpty)
        successWhen = fields.optional("successWhen", .successWhen, default: .any2xx, Meaning.successWhen)
        for fault in faults { fields.refuse(fault.field, fault.message) }
    }
}

extension Rule<[Macro]> {
    package static var skipWhenEmpty: Rule { list(of: .macro, count: 0...64) }
}
