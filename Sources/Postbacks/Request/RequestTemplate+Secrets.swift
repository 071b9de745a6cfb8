package import JSON
package import Secrets

extension RequestTemplate {
    /// As an answer shows it: secrets masked.
    package var masked: JSON { json { _, _ in .string(Secret.mask) } }

    /// As it is stored: secrets sealed for this postback and the origin of its URL.
    package func stored(of postbackID: Int, with keys: EncryptionKeys?) -> JSON {
        let owner = owner(postbackID)
        return json { $0.stored($1, of: owner, with: keys) }
    }

    /// As a caller hands it to deliverPostback: like `stored`, but what earlier versions sealed for no origin is sealed anew,
    /// or masked where it cannot be opened. It could be sent anywhere.
    package func handedOut(of postbackID: Int, with keys: EncryptionKeys?) -> JSON {
        let owner = owner(postbackID)
        return json { $0.handedOut($1, of: owner, with: keys) }
    }

    /// With all that is sealed opened, so that it can be sealed for another origin.
    /// - Parameter origin: what it is sealed for.
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

    /// Whether there is anything to seal that is not sealed yet.
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

    /// - Parameter secret: writes a secret, given with the path of its field.
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
