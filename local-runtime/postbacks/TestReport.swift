import FunctionRuntime
import JSON

/// The result of a test send.
struct TestReport {
    /// previewPostback's answer.
    let preview: JSON
    /// deliverPostback's answer; null when there is no request.
    let sent: JSON
    /// The postback as listPostbacks shows it.
    let postback: JSON
    let usesSample: Bool

    var isDelivered: Bool { outcome == "delivered" }

    private var outcome: String { sent["outcome"]?.text ?? "skipped" }
    private var error: JSON { sent["error"] ?? preview["error"] ?? .null }

    /// The report for programs.
    var json: JSON {
        [
            "outcome": .string(outcome), "request": sent["request"] ?? .null, "response": sent["response"] ?? .null,
            "error": error, "timing": sent["timing"] ?? .null, "remoteAddress": sent["remoteAddress"] ?? .null,
            "active": postback["active"] ?? .null, "paused": postback["paused"] ?? .null,
            "warnings": preview["warnings"] ?? [],
        ]
    }

    /// The report for people.
    var text: String {
        ([request, answer, verdict, standing] + warnings).filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
            .joined(separator: "\n\n")
    }

    private var request: [String] {
        guard let request = sent["request"], request != .null else { return [] }
        let line = "\(request["method"]?.text ?? "") \(request["url"]?.text ?? "")"
        return [line] + message(request)
    }

    private var answer: [String] {
        guard let response = sent["response"], response != .null else { return [] }
        let address = sent["remoteAddress"]?.text.map { " from \($0)" } ?? ""
        let time = sent["timing"]?["totalMs"].map { " after \($0.encodedText) ms" } ?? ""
        return ["HTTP \(response["status"]?.encodedText ?? "")\(address)\(time)"] + message(response)
    }

    /// Headers and body, indented.
    private func message(_ message: JSON) -> [String] {
        let headers = (message["headers"] ?? .null).members.map { "  \($0.name): \($0.value.text ?? "")" }
        guard let body = message["body"]?.text, !body.isEmpty else { return headers }
        let text = body.hasSuffix("\n") ? body.dropLast() : body[...]
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
        return headers + [""] + lines + (message["truncated"] == true ? ["  … (cut here)"] : [])
    }

    private var verdict: [String] {
        let values =
            usesSample
            ? "with sample values; --conversion ID uses those of a conversion" : "with that conversion's values"
        if isDelivered { return ["Delivered (\(values))."] }
        let reason = [error["code"]?.text, error["message"]?.text].compactMap(\.self).joined(separator: ": ")
        let fate =
            switch outcome {
            case "retry": "a delivery would be tried again"
            case "failed": "a delivery would not be tried again"
            default: "a delivery would be skipped"
            }
        return TextColumns.wrapped(
            "Not delivered: \(reason.isEmpty ? outcome : reason)\n(\(values); \(fate))", width: TextColumns.width)
    }

    /// The reasons why real deliveries are not sent although a test is.
    private var standing: [String] {
        var lines: [String] = []
        if postback["active"] == false { lines.append("The postback is not active: it does not fire.") }
        if let reason = postback["paused"]?["reason"]?.text {
            lines.append("The postback is paused, and its deliveries are held: \(reason)")
            lines.append("(updatePostback with \"resume\": true ends the pause)")
        }
        return lines
    }

    private var warnings: [[String]] {
        guard case .array(let warnings)? = preview["warnings"], !warnings.isEmpty else { return [] }
        return [warnings.map { "warning: \($0["message"]?.text ?? "")" }]
    }
}
