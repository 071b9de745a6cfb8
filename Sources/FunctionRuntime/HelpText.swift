import Input
import JSON

/// Makes the text that `--help` prints. No line is longer than 80 columns.
enum HelpText {
    static func make<F: Function>(for type: F.Type) -> String {
        let contract = F.contract
        let sections = [
            TextColumns.wrapped("\(contract.name): \(contract.summary)", width: TextColumns.width),
            usage(contract.name),
            input(F.Input.schema), example(contract),
        ]
        let last = [settings(contract.settings), exitStatuses] + contract.notes.map(\.lines)
        return (sections + last).map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    static func unknownArgument(_ argument: String, _ contract: Contract) -> FunctionError {
        let hint = Spelling.hint(for: argument, among: Mode.words)
        return FunctionError(
            .invalidRequest,
            "unexpected argument \"\(argument)\"\(hint); the input is read from standard input, see \(contract.name) --help"
        )
    }

    static func severalArguments(_ arguments: [String], _ contract: Contract) -> FunctionError {
        let message =
            Set(arguments) == ["--stream", "--check"]
            ? "--stream executes the lines and --check only validates them: give one of the two"
            : "only one argument is allowed: give one of \(arguments.joined(separator: " and "))"
        return FunctionError(.invalidRequest, "\(message); see \(contract.name) --help")
    }

    private static func usage(_ name: String) -> [String] {
        let calls = [
            (" < input.json", "one JSON object in, one JSON object out"),
            (" --stream", "warm: lines {\"id\":…,\"input\":{…}} in, {\"id\":…,\"output\":{…}} out"),
            (" --check", "the same lines, only validated: {\"id\":…,\"output\":{}} for a valid one"),
            (" --schema", "the JSON Schemas of input and output"), (" --version", "the version"), (" --help", "this"),
        ]
        return ["usage:"] + calls.flatMap { TextColumns.lines(name + $0, $1, indent: 2, column: name.count + 17) }
    }

    private static func input(_ schema: JSON) -> [String] {
        let fields = FieldOutline.all(in: schema)
        if fields.isEmpty { return ["input: an empty object, {}"] }
        let lines = fields.flatMap { field in
            let indent = 2 + 2 * field.depth
            let fallback = field.fallback.map { "; default \($0)" } ?? ""
            let type = TextColumns.lines(
                field.name + (field.isRequired ? "*" : ""), field.type + fallback, indent: indent, column: 24)
            return field.meaning.isEmpty
                ? type : type + TextColumns.lines("", field.meaning, indent: 0, column: 26)
        }
        return ["input (* is required):"] + lines
    }

    private static func example(_ contract: Contract) -> [String] {
        let line = "  echo '\(contract.example.encodedText)' | \(contract.name)"
        if line.count <= TextColumns.width { return ["example:", line] }
        return ["example:", "  echo '\(contract.example.pretty(indent: 1))' | \(contract.name)"]
    }

    private static func settings(_ settings: [any SettingDescription]) -> [String] {
        ["settings (environment; NAME_FILE names a file that holds the value):"]
            + settings.flatMap { setting in
                let fallback = setting.fallback.isEmpty ? "empty" : setting.fallback
                return TextColumns.lines(
                    setting.name, "\(setting.meaning) (default: \(fallback))", indent: 2, column: 6)
            }
    }

    private static let exitStatuses = [
        "exit status:", "  0 done; 65 invalid input; 66 not found; 67 forbidden by the rules;",
        "  70 a bug; 74 the answer cannot be written; 75 no database, try again;",
        "  78 a setting is wrong; 141 standard output was closed",
    ]
}

extension HelpNote {
    fileprivate var lines: [String] {
        TextColumns.wrapped(title, width: TextColumns.width)
            + rows.flatMap { TextColumns.lines($0.name, $0.text, indent: 2, column: 24) }
    }
}
