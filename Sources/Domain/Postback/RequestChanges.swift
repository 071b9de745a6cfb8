package import Input

/// The changes that an update makes to a postback's request.
package struct RequestChanges: Sendable {
    private typealias Meaning = RequestTemplate.Meaning

    private let url: Change<PostbackURL>
    private let httpType: Change<HTTPType>
    private let basicAuth: Change<BasicAuth>
    private let requestParams: Change<RequestParams>
    private let requestHeaders: Change<RequestHeaders>
    private let signingSecret: Change<StoredSecret>
    private let omitEmptyParams: Change<Bool>
    private let skipWhenEmpty: Change<[Macro]>
    private let successWhen: Change<SuccessCriteria>

    /// A field that is left out stays as it is, and null clears it; url and httpType cannot be cleared.
    package init(_ fields: inout Fields) {
        url = fields.change("url", .postbackURL(from: .caller), canBeCleared: false, Meaning.url)
        httpType = fields.change("httpType", .httpType, canBeCleared: false, Meaning.httpType)
        basicAuth = fields.change("basicAuth", .basicAuth(from: .caller), Meaning.basicAuth)
        requestParams = fields.change("requestParams", .requestParams(from: .caller), Meaning.requestParams)
        requestHeaders = fields.change("requestHeaders", .requestHeaders(from: .caller), Meaning.requestHeaders)
        signingSecret = fields.change("signingSecret", .signingSecret(from: .caller), Meaning.signingSecret)
        omitEmptyParams = fields.change("omitEmptyParams", .boolean, Meaning.omitEmptyParams)
        skipWhenEmpty = fields.change("skipWhenEmpty", .skipWhenEmpty, Meaning.skipWhenEmpty)
        successWhen = fields.change("successWhen", .successWhen, Meaning.successWhen)
    }

    /// Changes the URL alone; nil keeps it.
    package init(url: PostbackURL?) {
        self.url = url.map(Change.set) ?? .keep
        httpType = .keep
        basicAuth = .keep
        requestParams = .keep
        requestHeaders = .keep
        signingSecret = .keep
        omitEmptyParams = .keep
        skipWhenEmpty = .keep
        successWhen = .keep
    }

    /// Whether the update changes a column with secrets. A column that it does not change must not be written back as
    /// it was read: its secrets may have been sealed again in the meantime.
    package var setsBasicAuth: Bool { basicAuth.isChange }
    package var setsRequestParams: Bool { requestParams.isChange }
    package var setsRequestHeaders: Bool { requestHeaders.isChange }
    package var setsSigningSecret: Bool { signingSecret.isChange }

    /// The new URL, if the update sets one.
    package var newURL: PostbackURL? {
        if case .set(let url) = url { url } else { nil }
    }
}

extension RequestTemplate {
    /// Returns the template after an update. Its `faults` has the faults of fields taken together.
    package func changed(by changes: RequestChanges) -> RequestTemplate {
        var new = self
        changes.apply(to: &new)
        return new
    }
}

extension RequestChanges {
    fileprivate func apply(to template: inout RequestTemplate) {
        if case .set(let url) = url { template.url = url }
        if case .set(let type) = httpType { template.httpType = type }
        basicAuth.apply(to: &template.basicAuth)
        requestParams.apply(to: &template.requestParams, cleared: .none)
        requestHeaders.apply(to: &template.requestHeaders, cleared: .none)
        signingSecret.apply(to: &template.signingSecret)
        omitEmptyParams.apply(to: &template.omitEmptyParams, cleared: false)
        skipWhenEmpty.apply(to: &template.skipWhenEmpty, cleared: [])
        successWhen.apply(to: &template.successWhen, cleared: .any2xx)
    }
}

extension Change {
    fileprivate var isChange: Bool {
        if case .keep = self { false } else { true }
    }

    fileprivate func apply(to value: inout Value, cleared: Value) {
        switch self {
        case .keep: break
        case .clear: value = cleared
        case .set(let new): value = new
        }
    }

    fileprivate func apply(to value: inout Value?) {
        switch self {
        case .keep: break
        case .clear: value = nil
        case .set(let new): value = new
        }
    }
}
