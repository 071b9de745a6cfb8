import JSON
package import Secrets
import Text

/// Renders the request of one attempt from a postback's template.
package struct RequestRendering: Sendable {
    private let template: RequestTemplate
    private let owner: SecretOwner?
    private let keys: EncryptionKeys?

    /// The largest request that is sent, in bytes: its URL, headers and body together. The limit keeps a template that
    /// repeats large values from filling the memory.
    package static let byteLimit = 256 << 10

    /// `keys` and `postbackID` are needed only if secrets are sealed.
    package init(_ template: RequestTemplate, postbackID: Int? = nil, keys: EncryptionKeys? = nil) {
        self.template = template
        owner = postbackID.map { template.owner($0) }
        self.keys = keys
    }

    package func request(for attempt: MacroValues) throws(RenderingError) -> OutgoingRequest {
        for macro in template.skipWhenEmpty where attempt.value(of: macro) == nil {
            throw .missingValue(macro: macro.name)
        }
        let params = try template.requestParams.changed { secret, field throws(RenderingError) in
            .plain(try secret.opened(field, of: owner, with: keys))
        }
        let (url, body) = try target(params, attempt)
        let headers = try headers(attempt, body: body ?? [])
        var request = OutgoingRequest(method: template.httpType.method, url: url, headers: headers, body: body)
        guard request.byteCount <= RequestRendering.byteLimit else { throw .tooLarge }
        let secrets = params.plainSecrets
        if !secrets.isEmpty {
            let (url, body) = try target(params, attempt, showsSecrets: false)
            request.shown = OutgoingRequest.Shown(url: url, body: body, secrets: secrets)
        }
        return request
    }

    /// Renders the URL and the body. `showsSecrets` says whether the secrets of the params are written as they are.
    /// Otherwise they are masked, as an attempt records them.
    private func target(
        _ params: RequestParams, _ attempt: MacroValues, showsSecrets: Bool = true
    ) throws(RenderingError) -> (url: String, body: [UInt8]?) {
        let parameters = ParameterRendering(
            attempt, omitEmpty: template.omitEmptyParams, showsSecrets: showsSecrets)
        let url = try template.url.rendered(attempt)
        switch template.httpType {
        case .get:
            let query = try parameters.pairs(params, encode: PercentEncoding.component)
            return (query.isEmpty ? url : url.appending(query: query), nil)
        case .form: return (url, Array(try parameters.pairs(params, encode: PercentEncoding.form).utf8))
        case .json: return (url, try parameters.json(params).bytes)
        }
    }

    private func headers(
        _ attempt: MacroValues, body: [UInt8]
    ) throws(RenderingError) -> [OutgoingRequest.Header] {
        var headers: [OutgoingRequest.Header] = []
        func add(_ name: String, _ value: String, isSecret: Bool = false) {
            headers.append(OutgoingRequest.Header(name: name, value: value, isSecret: isSecret))
        }
        func addDefault(_ name: String, _ value: String) {
            if !template.requestHeaders.contains(name) { add(name, value) }
        }
        addDefault("User-Agent", "postbacks/\(Version.current)")
        addDefault("Accept", "*/*")
        if let type = template.httpType.contentType { addDefault("Content-Type", type) }
        add("Postback-Delivery-Id", String(attempt.deliveryID))
        add("Postback-Attempt", String(attempt.attempt))
        if attempt.isTest { add("Postback-Test", "1") }
        if let auth = template.basicAuth {
            add("Authorization", try auth.authorization(of: owner, with: keys).revealed, isSecret: true)
        }
        if let secret = template.signingSecret {
            let opened = try secret.opened(RequestTemplate.signingField, of: owner, with: keys)
            guard let signature = StandardWebhookSignature(secret: opened) else {
                throw .secret("signingSecret is not one of Standard Webhooks")
            }
            let id = String(attempt.deliveryID)
            let seconds = attempt.now.unixSeconds
            add("webhook-id", id)
            add("webhook-timestamp", String(seconds))
            add("webhook-signature", signature.value(id: id, timestamp: seconds, body: body))
        }
        var size = 0
        for field in template.requestHeaders.fields {
            let (value, isSecret) = try value(of: field, attempt)
            size += value.utf8.count
            guard size <= RequestRendering.byteLimit else { throw .tooLarge }
            add(field.name, value, isSecret: isSecret)
        }
        return headers
    }

    private func value(
        of field: RequestHeaders.Field, _ attempt: MacroValues
    ) throws(RenderingError) -> (String, isSecret: Bool) {
        switch field.value {
        case .open(let template): return (try field.safe(template.rendered(attempt)), false)
        case .secret(let secret):
            let opened = try secret.opened(field.path, of: owner, with: keys)
            guard let template = try? Template(parsing: opened.revealed, in: .header) else {
                throw .secret("\(field.path) is not a header value")
            }
            return (try field.safe(template.rendered(attempt)), true)
        }
    }
}

extension RequestHeaders.Field {
    /// Returns the value without spaces at its ends, which a receiver would drop. Throws for control characters (RFC
    /// 9110 §5.5).
    fileprivate func safe(_ value: String) throws(RenderingError) -> String {
        if value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw .unsafeHeader(name: name)
        }
        var rest = Substring(value)
        while rest.utf8.first == UInt8(ascii: " ") { rest = Substring(rest.unicodeScalars.dropFirst()) }
        while rest.utf8.last == UInt8(ascii: " ") { rest = Substring(rest.unicodeScalars.dropLast()) }
        return String(rest)
    }
}

extension String {
    fileprivate func appending(query: String) -> String {
        guard utf8.contains(UInt8(ascii: "?")) else { return "\(self)?\(query)" }
        let isOpen = utf8.last == UInt8(ascii: "?") || utf8.last == UInt8(ascii: "&")
        return isOpen ? self + query : "\(self)&\(query)"
    }
}
