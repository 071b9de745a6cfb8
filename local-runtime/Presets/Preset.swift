package import Domain
package import FunctionRuntime
import Input
import JSON

/// A ready-made postback for a well-known receiver: its URL and parameters, and which of its facts were checked.
package struct Preset: Sendable {
    /// The name on the command line.
    package let name: String
    /// The receiver's name, for people.
    package let title: String
    let address: Address
    let httpType: HTTPType
    let parameters: [Parameter]
    /// The statuses that the receiver cannot take, with the reasons.
    let refusals: [ConversionStatus: String]
    /// Text that an accepted answer contains, if a 2xx alone does not mean acceptance.
    let bodyContains: String?
    package let options: [OptionUse]
    package let facts: [Fact]
    /// Notes for the user who sets it up.
    package let notes: [String]

    /// The address of the requests.
    enum Address: Sendable {
        /// `https`, the option `domain`, and a path in which `<key>` is replaced by an option's value.
        case domain(path: String)
        /// The option `url`, unchanged.
        case url
    }

    /// How a preset uses an option.
    package struct OptionUse: Sendable {
        package let option: PresetOption
        package let meaning: String
        let necessity: Necessity

        enum Necessity: Sendable {
            case needed
            case optional
            case byDefault(String)
        }

        static func needed(_ option: PresetOption, _ meaning: String) -> OptionUse {
            OptionUse(option: option, meaning: meaning, necessity: .needed)
        }

        static func optional(_ option: PresetOption, _ meaning: String) -> OptionUse {
            OptionUse(option: option, meaning: meaning, necessity: .optional)
        }
    }

    /// The statuses that the receiver can take.
    package var statuses: [ConversionStatus] { ConversionStatus.allCases.filter { refusals[$0] == nil } }

    /// Why the receiver refuses a status; nil if it takes it.
    package func refusal(of status: ConversionStatus) -> String? { refusals[status] }

    /// The options that must be given.
    package var neededOptions: [PresetOption] {
        options.compactMap { if case .needed = $0.necessity { $0.option } else { nil } }
    }

    init(
        _ name: String, title: String, address: Address, httpType: HTTPType = .get, parameters: [Parameter],
        refusals: [ConversionStatus: String] = [:], bodyContains: String? = nil, options: [OptionUse], facts: [Fact],
        notes: [String] = []
    ) {
        self.name = name
        self.title = title
        self.address = address
        self.httpType = httpType
        self.parameters = parameters
        self.refusals = refusals
        self.bodyContains = bodyContains
        self.options = options
        self.facts = facts
        self.notes = notes
    }
}

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

extension Preset {
    /// All presets in the order of the list. A preset is one file in `Known` and its entry here.
    package static let all: [Preset] = [
        .keitaro, .binom, .voluum, .redtrack, .affise, .everflow, .tune, .cake, .json,
    ]

    /// - Throws: `not_found`, naming the most similar preset.
    package static func named(_ name: String) throws(FunctionError) -> Preset {
        guard let preset = all.first(where: { $0.name == name.lowercased() }) else {
            let hint = Spelling.hint(for: name, among: all.map(\.name))
            throw FunctionError(.notFound, "there is no preset \"\(name.prefix(64))\"\(hint)")
        }
        return preset
    }
}
