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
                ("requestHeaders.\(field.name)", "stands beside basicAuth, which sets the same header; give one"))
        }
        return faults
    }
}

extension RequestTemplate {
    /// The descriptions of the fields, for a new postback, for a changed one and for one that is sent.
    enum Meaning {
        static let url = "Where it goes."
        static let httpType = "How it is sent: a GET, a form or a JSON body."
        static let basicAuth =
            "The header Authorization: login and password, or a token. Stored encrypted, and shown as ***."
        static let requestParams =
            "Names and values that are added to the URL's query with GET, and are the body with POST, in the order of their names."
        static let requestHeaders =
            "Header fields of your own. Values whose names speak of a secret are stored encrypted, and shown as ***."
        static let signingSecret = "Signs each request by Standard Webhooks: webhook-id, -timestamp and -signature."
        static let omitEmptyParams = "Whether a param that renders empty is left out."
        static let skipWhenEmpty =
            "Macros without braces: if one of them has no value, nothing is sent, and it says so."
        static let successWhen =
            "What counts as delivered, for trackers that answer 200 to what they refuse. Without it every 2xx does."
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
