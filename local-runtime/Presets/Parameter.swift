import Domain
import JSON

/// One parameter of a preset's request.
struct Parameter: Sendable {
    let name: String
    let value: Value

    enum Value: Sendable {
        /// The same template for every status.
        case template(String)
        /// A template, or this text for a rejection.
        case unlessRejected(String, instead: String)
        /// The receiver's words for our statuses.
        case words([ConversionStatus: String])
        /// The value of an option; the parameter is left out if the option is not given.
        case option(PresetOption)
    }

    init(_ name: String, _ template: String) {
        self.init(name, .template(template))
    }

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }

    /// The parameter as createPostback takes it; nil if its option is not given.
    func json(_ status: ConversionStatus, _ given: [PresetOption: String]) -> JSON? {
        switch value {
        case .template(let text): .string(text)
        case .unlessRejected(let text, let rejection): .string(status == .rejected ? rejection : text)
        case .words(let words):
            // The map is used instead of the word, so that it stays right when the postback's status is changed later.
            .string(
                "{status:"
                    + ConversionStatus.allCases.compactMap { status in words[status].map { "\(status.rawValue)=\($0)" }
                    }
                    .joined(separator: ",") + "}")
        case .option(let option): given[option].map { .string(Parameter.literal($0)) }
        }
    }

    /// The text escaped so that a template does not change it.
    static func literal(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            result.append(character)
            if character == "{" || character == "}" { result.append(character) }
        }
    }
}
