import JSON

/// What `--help` prints.
enum HelpText {
    static func make<F: Function>(for type: F.Type) -> String {
        let contract = F.contract
        return """
            \(contract.name): \(contract.summary)

            usage: \(contract.name) < input.json      one JSON object in, one JSON object out
                   \(contract.name) --stream          a line {"id":…,"input":{…}} in, a line {"id":…,"output":{…}} out
                   \(contract.name) --check           the same lines, only judged: {"id":…,"output":{}} for each that is right
                   \(contract.name) --schema          the JSON Schemas of input and output
                   \(contract.name) --version | --help

            input (* is required):
            \(inputLines(F.Input.schema))

            example:
              echo '\(contract.example.encodedText)' | \(contract.name)

            settings (environment variables; NAME_FILE names a file that holds the value):
            \(settingLines(contract.settings))

            exit status: 0 done; 65 bad input; 66 something unknown; 67 the rules forbid it;
                         70 a bug; 75 the database is away, try again; 78 a setting is wrong

            """
    }

    static func unknownArgument(_ argument: String, _ contract: Contract) -> FunctionError {
        let hint = Spelling.hint(for: argument, among: Mode.words)
        return FunctionError(
            .invalidRequest,
            "unexpected argument \"\(argument)\"\(hint); the input goes to standard input, see \(contract.name) --help")
    }

    private static func inputLines(_ schema: JSON) -> String {
        if case .array(let ways)? = schema["anyOf"], schema["properties"] == nil {
            return ways.map(inputLines).joined(separator: "\n or\n")
        }
        guard case .object(let properties)? = schema["properties"], case .array(let required)? = schema["required"]
        else {
            return ""
        }
        if properties.isEmpty { return "  (no fields)" }
        let names = properties.map { $0.name + (required.contains(.string($0.name)) ? "*" : "") }
        return wrap(names, width: 100)
    }

    private static func settingLines(_ settings: [any SettingDescription]) -> String {
        settings.map { "  \($0.name) (default: \($0.fallback.isEmpty ? "empty" : $0.fallback))\n      \($0.meaning)" }
            .joined(separator: "\n")
    }

    private static func wrap(_ words: [String], width: Int) -> String {
        var lines = [" "]
        for word in words {
            if lines[lines.count - 1].count + word.count + 1 > width { lines.append(" ") }
            lines[lines.count - 1] += " " + word
        }
        return lines.joined(separator: "\n")
    }
}
