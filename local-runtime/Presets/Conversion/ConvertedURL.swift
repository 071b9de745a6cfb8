import Domain
package import FunctionRuntime
import Input
import Text

/// Another network's postback URL, converted to our macros.
package struct ConvertedURL: Sendable {
    package private(set) var findings: [Finding] = []
    /// The converted URL; unknown macros stay as they were.
    private var url = ""

    /// A macro of the URL.
    package struct Finding: Sendable, Equatable, CustomStringConvertible {
        /// The macro as it was written.
        package let text: String
        package let parameter: String
        package let outcome: Outcome

        package enum Outcome: Sendable, Equatable {
            case recognised(String)
            case guessed(String, doubt: String)
            case unknown(nearest: String?)
        }

        package var description: String {
            let place = parameter.isEmpty ? text : "\(parameter)=\(text)"
            return switch outcome {
            case .recognised(let template): "recognised: \(place) is \(template)"
            case .guessed(let template, let doubt): "guessed: \(place) is \(template); \(doubt)"
            case .unknown(let nearest):
                "unknown: \(place)\(nearest.map { "; the nearest is \($0)" } ?? "; nothing of ours is near")"
            }
        }
    }

    package init(_ text: String) {
        var rest = text[...]
        var parameter = ""
        /// Where the name of the current parameter began; nil outside of names.
        var name: String.Index?
        while let character = rest.first {
            let styles = MacroStyle.all.lazy.filter { name == nil || !$0.meansListInNames }
            if let (inside, following) = styles.compactMap({ [rest] in $0.match(rest) }).first {
                note(String(rest[..<following.startIndex]), String(inside), parameter)
                rest = text[following.startIndex...]
                continue
            }
            let next = rest.index(after: rest.startIndex)
            url.append(character)
            switch character {
            case "?", "&":
                parameter = ""
                name = next
            case "=":
                guard let begin = name else { break }
                parameter = String(text[begin..<rest.startIndex])
                name = nil
                let value = rest[next...].prefix { $0 != "&" }
                if let word = MacroStyle.marked(value) ?? MacroStyle.placeholder(value) {
                    note(String(value), word, parameter, isWord: true)
                    rest = rest[value.endIndex...]
                    continue
                }
            case "%" where !rest.dropFirst().prefix(2).allSatisfy(\.isHexDigit) || rest.count < 3:
                findings.append(Finding(text: "%", parameter: parameter, outcome: .unknown(nearest: nil)))
            case "[" where name != nil, "]" where name != nil: break
            case "[", "]", "<", ">", "#", "{", "}":
                findings.append(Finding(text: String(character), parameter: parameter, outcome: .unknown(nearest: nil)))
            default: break
            }
            rest = rest[next...]
        }
    }

    /// The URL, if all of it is known and createPostback would take it.
    package func checked() throws(FunctionError) -> String {
        let unknown = findings.filter { if case .unknown = $0.outcome { true } else { false } }
        guard unknown.isEmpty else {
            let texts = unknown.map { "\"\($0.text)\"" }.joined(separator: ", ")
            throw FunctionError(.invalidRequest, "the URL is not converted: \(texts) is not known")
        }
        do throws(Invalid) {
            let converted = try PostbackURL(parsing: url)
            try converted.checkNew()
            return converted.text
        } catch {
            throw FunctionError(.invalidRequest, "the converted URL \(error.message): \(url)")
        }
    }

    private mutating func note(_ text: String, _ inside: String, _ parameter: String, isWord: Bool = false) {
        let outcome = ConvertedURL.outcome(text, inside, parameter, isWord: isWord)
        switch outcome {
        case .recognised(let template), .guessed(let template, _): url += template
        case .unknown: url += text
        }
        findings.append(Finding(text: text, parameter: parameter, outcome: outcome))
    }

    private static func outcome(
        _ text: String, _ inside: String, _ parameter: String, isWord: Bool
    ) -> Finding.Outcome {
        // A macro such as `{_click_id}` is unencoded, which only ours can be.
        let isRaw = text.hasPrefix("{_") && !text.hasPrefix("{__")
        if !isRaw, let meaning = MacroMeaning(of: inside, parameter: parameter) {
            let doubt = meaning.doubt ?? (isWord ? "read as a placeholder" : nil)
            return doubt.map { .guessed(meaning.template, doubt: $0) } ?? .recognised(meaning.template)
        }
        // It is a macro of ours already, with a format, a map or a default, or has a name that no other network uses.
        if text.hasPrefix("{"), !text.hasPrefix("{{"), (try? Template(parsing: text, in: .url)) != nil {
            return .recognised(text)
        }
        return .unknown(nearest: MacroMeaning.nearest(to: inside, parameter: parameter))
    }
}
