import JSON
import Postbacks

/// One parameter of a preset's request.
struct Parameter: Sendable {
    let name: String
    let value: Value

    enum Value: Sendable {
        /// The same for every status.
        case template(String)
        /// A template, but this text for a rejection.
        case unlessRejected(String, instead: String)
        /// The receiver's words for our statuses.
        case words([ConversionStatus: String])
        /// An option's value as it is; left out when the option is.
        case option(PresetOption)
    }

    init(_ name: String, _ template: String) {
        self.init(name, .template(template))
    }

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }

    /// As createPostback takes it; nil when the option that it carries is not given.
    func json(_ status: ConversionStatus, _ given: [PresetOption: String]) -> JSON? {
        switch value {
        case .template(let text): .string(text)
        case .unlessRejected(let text, let rejection): .string(status == .rejected ? rejection : text)
        case .words(let words):
            // The map and not the bare word: it stays true when the postback's status is changed later.
            .string(
                "{status:"
                    + ConversionStatus.allCases.compactMap { status in words[status].map { "\(status.rawValue)=\($0)" }
                    }
                    .joined(separator: ",") + "}")
        case .option(let option): given[option].map { .string(Parameter.literal($0)) }
        }
    }

    /// Text that a template leaves as it is.
    static func literal(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            result.append(character)
            if character == "{" || character == "}" { result.append(character) }
        }
    }
}
