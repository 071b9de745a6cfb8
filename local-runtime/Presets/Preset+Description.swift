import Domain
import JSON

extension Preset {
    /// The description of the preset for people. Values of the user's account are in angle brackets.
    package var description: String {
        var lines = ["\(title) (\(name))", "", "  \(request)"]
        lines += parameters.map { "    \($0.name) = \($0.display)" }
        lines += ["", "statuses"]
        lines += ConversionStatus.allCases.map { status in
            "  \(status.rawValue): " + (refusals[status].map { "refused; \($0)" } ?? "yes")
        }
        lines += ["", "options besides --affiliate and --offer"]
        lines += options.map { use in
            switch use.necessity {
            case .needed: "  --\(use.option.rawValue)  needed: \(use.meaning)"
            case .optional: "  --\(use.option.rawValue)  \(use.meaning)"
            case .byDefault(let value): "  --\(use.option.rawValue)  \(use.meaning) (default: \(value))"
            }
        }
        lines += ["", "facts (checked: read on that page, which may have changed since)"]
        lines += facts.flatMap { ["  \($0.claim)", "      \($0.verdict)"] }
        if let bodyContains { lines += ["", "delivered only if the answer contains \(bodyContains)"] }
        if !notes.isEmpty { lines += ["", "notes"] + notes.map { "  \($0)" } }
        return lines.joined(separator: "\n")
    }

    private var request: String {
        switch address {
        case .domain(let path): "\(httpType.rawValue) https://<domain>\(path)"
        case .url: "\(httpType.rawValue) <url>"
        }
    }

    /// The facts that nobody has read in the vendor's documentation.
    package var uncheckedFacts: [Fact] { facts.filter { $0.source == nil } }
}

extension Parameter {
    fileprivate var display: String {
        switch value {
        case .unlessRejected(let text, let rejection): "\(text), but \(rejection) on rejected"
        case .option(let option): "<\(option.rawValue)>"
        default: json(.done, [:]).map { $0.text ?? $0.encodedText } ?? ""
        }
    }
}
