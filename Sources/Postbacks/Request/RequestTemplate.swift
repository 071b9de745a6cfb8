package import JSON

/// What a postback sends: the affiliate's settings of one request.
package struct RequestTemplate: Sendable {
    package var url: PostbackURL
    package var httpType: HTTPType
    package var basicAuth: BasicAuth?
    package var requestParams: RequestParams = .none
    package var requestHeaders: RequestHeaders = .none
    package var signingSecret: StoredSecret?
    package var omitEmptyParams = false
    /// If one of these has no value, nothing is sent.
    package var skipWhenEmpty: [Macro] = []
    package var successWhen: SuccessCriteria = .any2xx

    package init(url: PostbackURL, httpType: HTTPType) {
        self.url = url
        self.httpType = httpType
    }

    /// What no single field shows to be wrong.
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
    /// Reads all fields of it: from a caller (createPostback) or as stored (deliverPostback).
    package init(_ fields: inout Fields, from source: StoredSecret.Source) {
        url = fields.required("url", .postbackURL(from: source))
        httpType = fields.required("httpType", .httpType)
        basicAuth = fields.optional("basicAuth", .basicAuth(from: source))
        requestParams = fields.optional("requestParams", .requestParams(from: source), default: .none)
        requestHeaders = fields.optional("requestHeaders", .requestHeaders(from: source), default: .none)
        signingSecret = fields.optional("signingSecret", .signingSecret(from: source))
        omitEmptyParams = fields.optional("omitEmptyParams", .boolean, default: false)
        skipWhenEmpty = fields.optional("skipWhenEmpty", .skipWhenEmpty, default: [])
        successWhen = fields.optional("successWhen", .successWhen, default: .any2xx)
        for fault in faults { fields.refuse(fault.field, fault.message) }
    }
}

extension Rule<[Macro]> {
    package static var skipWhenEmpty: Rule { list(of: .macro, count: 0...64) }
}
