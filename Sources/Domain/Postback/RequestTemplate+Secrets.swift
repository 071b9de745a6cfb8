package import JSON
package import Secrets

extension RequestTemplate {
    /// The template as an answer shows it, with its secrets masked.
    package var masked: JSON { json { _, _ in .string(Secret.mask) } }

    /// Returns the template as it is stored, with its secrets sealed for this postback and for the origin of its URL.
    package func stored(of postbackID: Int, with keys: EncryptionKeys?) -> JSON {
        let owner = owner(postbackID)
        return json { $0.stored($1, of: owner, with: keys) }
    }

    /// Returns the template as a caller passes it to deliverPostback. It differs from `stored` in secrets that an
    /// earlier version sealed without an origin, which could be sent anywhere: they are sealed again, or masked if they
    /// cannot be opened.
    package func handedOut(of postbackID: Int, with keys: EncryptionKeys?) -> JSON {
        let owner = owner(postbackID)
        return json { $0.handedOut($1, of: owner, with: keys) }
    }

    /// Returns the template with all sealed secrets opened, so that they can be sealed for another origin. The secrets
    /// are sealed for `origin`.
    package func opened(
        of postbackID: Int, sealedFor origin: String, with keys: EncryptionKeys?
    ) throws(RenderingError) -> RequestTemplate {
        let owner = SecretOwner(postbackID: postbackID, origin: origin)
        return try changed { secret, field throws(RenderingError) in
            .plain(try secret.opened(field, of: owner, with: keys))
        }
    }

    static let signingField = "signingSecret"

    func owner(_ postbackID: Int) -> SecretOwner { SecretOwner(postbackID: postbackID, origin: url.origin) }

    /// Whether there is a secret that is not sealed.
    package var hasPlainSecrets: Bool {
        var hasPlain = false
        _ = json { secret, _ in
            if case .plain = secret { hasPlain = true }
            return .null
        }
        return hasPlain
    }

    private func changed<E>(
        _ change: (StoredSecret, _ field: String) throws(E) -> StoredSecret
    ) throws(E) -> RequestTemplate {
        var new = self
        if let basicAuth { new.basicAuth = try basicAuth.changed(change) }
        new.requestParams = try requestParams.changed(change)
        new.requestHeaders = try requestHeaders.changed(change)
        if let signingSecret { new.signingSecret = try change(signingSecret, RequestTemplate.signingField) }
        return new
    }

    /// `secret` writes a secret; it gets the secret and the path of its field.
    private func json(_ secret: (StoredSecret, _ field: String) -> JSON) -> JSON {
        [
            "url": .string(url.text), "httpType": .string(httpType.rawValue),
            "basicAuth": basicAuth?.json(secret) ?? .null, "requestParams": requestParams.json(secret),
            "requestHeaders": requestHeaders.json(secret),
            "signingSecret": signingSecret.map { secret($0, RequestTemplate.signingField) } ?? .null,
            "omitEmptyParams": .bool(omitEmptyParams),
            "skipWhenEmpty": .array(skipWhenEmpty.map { .string($0.name) }), "successWhen": successWhen.json,
        ]
    }
}
