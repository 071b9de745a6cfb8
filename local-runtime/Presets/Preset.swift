package import Domain

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
    let options: [OptionUse]
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
