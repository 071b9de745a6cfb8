package import Egress
package import FunctionRuntime
package import JSON
package import Postbacks

/// A postback as it was saved, with what whoever saved it should know.
package struct SavedPostback {
    package let postback: JSON
    package let warnings: [(code: String, message: String)]
    /// True: an earlier call with the same idempotency key had made it, and nothing was changed.
    package var isRepeat = false

    package var json: JSON {
        let warnings = warnings.map { ["code": .string($0.code), "message": .string($0.message)] as JSON }
        return ["postback": postback, "warnings": .array(warnings)]
    }

    /// - Parameter overlapping: the ids of other active postbacks that fire on the same events.
    init(postback: JSON, template: RequestTemplate, status: ConversionStatus, overlapping: String?) {
        self.postback = postback
        var warnings: [(code: String, message: String)] = []
        if let overlapping {
            warnings.append(("overlap", "other active postbacks fire on the same events too: \(overlapping)"))
        }
        if status != .done, !template.tells(status) {
            warnings.append(
                (
                    "no_status",
                    "the request sends no status though it fires on \(status.rawValue); a receiver may take it for an approval: add {status}"
                ))
        }
        self.warnings = warnings
    }
}

extension EgressRules {
    /// What a name leads to is judged when it is dialled; a literal address is known when a postback is saved.
    package func check(_ url: PostbackURL) throws(FunctionError) {
        if let address = url.address, case .forbidden(let reason) = judge(address) {
            throw .invalidRequest("url", "must not lead to \(address): \(reason); POSTBACKS_ALLOW_CIDRS can open it")
        }
    }
}

extension Schema {
    package static let warnings = list(object(["code": text, "message": text]))
}
