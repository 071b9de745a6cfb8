import Configuration
package import Domain
import Egress
package import FunctionRuntime
import Input
import JSON
package import Secrets

/// The receiver of the operator's alerts.
package struct AlertReceiver: Sendable {
    /// A template like any postback's URL; every brace in it is a literal one.
    let url: PostbackURL
    /// Nil if the alerts are not signed.
    let secret: Secret?

    /// Nil if no receiver is set.
    init?(_ settings: Settings) throws(FunctionError) {
        let secret: Secret? = try settings(.alertSecret)
        let url: PostbackURL? = try settings(.alertURL)
        guard let url else {
            guard secret == nil else {
                throw FunctionError(
                    .misconfigured, "POSTBACKS_ALERT_SECRET is set, but POSTBACKS_ALERT_URL is not; set both or none")
            }
            return nil
        }
        let egress: EgressRules = try settings(.allowCIDRs)
        if let address = url.address, let refusal = egress.refusal(of: address) {
            throw FunctionError(
                .misconfigured, "POSTBACKS_ALERT_URL: \(refusal); POSTBACKS_ALLOW_CIDRS can allow it")
        }
        self.url = url
        self.secret = secret
    }
}

extension Setting<PostbackURL?> {
    package static var alertURL: Setting<PostbackURL?> {
        Setting(
            "POSTBACKS_ALERT_URL", whenMissing: "none",
            "URL that is notified of paused postbacks, dead deliveries and blocked destinations, as POST(JSON) with Standard Webhooks; local-runtime/ALERTS.md lists the events"
        ) { text throws(Invalid) in
            guard let text else { return nil }
            return try PostbackURL(parsing: text.escapingBraces)
        }
    }
}

extension Setting<Secret?> {
    package static var alertSecret: Setting<Secret?> {
        Setting(
            "POSTBACKS_ALERT_SECRET", whenMissing: "none",
            "secret that signs alerts: whsec_ and the base64 of 24 to 64 bytes; several, separated by a space, each add a signature"
        ) { text throws(Invalid) in
            guard let text else { return nil }
            guard text.utf8.count <= 1024, StandardWebhookSignature(secret: Secret(text)) != nil else {
                throw Invalid(
                    "must be whsec_ followed by the base64 of 24 to 64 bytes; several are separated by one space")
            }
            return Secret(text)
        }
    }
}

extension String {
    /// A template whose value is this text.
    var escapingBraces: String { replacing("{", with: "{{").replacing("}", with: "}}") }
}
