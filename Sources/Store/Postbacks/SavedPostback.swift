package import Domain
package import Egress
package import FunctionRuntime
package import Input
package import JSON

/// A postback as it was saved, with warnings for the caller.
package struct SavedPostback {
    package let postback: JSON
    package let warnings: [PostbackWarning]
    /// True if an earlier call with the same idempotency key created it; nothing was changed.
    package var isRepeat = false

    package var json: JSON { ["postback": postback, "warnings": .array(warnings.map(\.json))] }

    init(postback: JSON, template: RequestTemplate, status: ConversionStatus, overlap: Overlap?) {
        self.postback = postback
        warnings = [overlap?.warning].compactMap(\.self) + template.warnings(firingOn: status)
    }
}

extension EgressRules {
    /// Refuses a literal address that the rules forbid. The addresses behind a name are judged when they are dialled.
    /// `path` is the place of the URL in the input.
    package func check(_ url: PostbackURL, at path: Path = Path.root.member("url")) throws(FunctionError) {
        if let address = url.address, case .forbidden(let reason) = judge(address) {
            throw .invalidRequest([
                Fault(path, "must not lead to \(address): \(reason); POSTBACKS_ALLOW_CIDRS can allow it")
            ])
        }
    }
}

extension Schema {
    package static let warnings = list(object(["code": text, "message": text]))
}
