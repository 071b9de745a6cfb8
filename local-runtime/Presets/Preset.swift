package import Postbacks

/// A ready-made postback for a well-known receiver: what stands in its URL and parameters, and how far that was checked.
package struct Preset: Sendable {
    /// What a caller types.
    package let name: String
    /// The receiver's name, for people.
    package let title: String
    let address: Address
    let httpType: HTTPType
    let parameters: [Parameter]
    /// Why the receiver cannot take a status; the others it takes.
    let refusals: [ConversionStatus: String]
    /// What an accepted answer contains, where a 2xx alone does not say so.
    let bodyContains: String?
    let options: [OptionUse]
    package let facts: [Fact]
    /// What whoever sets it up should know.
    package let notes: [String]

    /// Where the requests go.
    enum Address: Sendable {
        /// https, the option `domain`, and a path in which `<key>` stands for an option's value.
        case domain(path: String)
        /// The option `url` as it is given.
        case url
    }

    /// How a preset uses an option.
    struct OptionUse: Sendable {
        let option: PresetOption
        let meaning: String
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

    /// Why it refuses a status; nil when it takes it.
    package func refusal(of status: ConversionStatus) -> String? { refusals[status] }

    /// The options without which there is no result.
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
