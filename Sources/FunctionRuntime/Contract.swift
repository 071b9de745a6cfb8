package import Input
package import JSON

/// The description of a function for its callers.
///
/// Only `name`, `version` and `summary` are made with it. The rest is long, and most processes end without asking for it.
package struct Contract: Sendable {
    package let name: String
    package let version: String
    /// One sentence that says what the function does.
    package let summary: String
    private let makeExample: @Sendable () -> JSON
    private let makeOutput: @Sendable () -> JSON
    private let makeSettings: @Sendable () -> [any SettingDescription]
    private let makeNotes: @Sendable () -> [HelpNote]

    package init(
        _ name: String, version: String, summary: String, example: @autoclosure @escaping @Sendable () -> JSON,
        output: @autoclosure @escaping @Sendable () -> JSON,
        settings: @autoclosure @escaping @Sendable () -> [any SettingDescription],
        notes: @autoclosure @escaping @Sendable () -> [HelpNote] = []
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        makeExample = example
        makeOutput = output
        makeSettings = settings
        makeNotes = notes
    }

    /// A valid input, for `--help`.
    package var example: JSON { makeExample() }
    /// The JSON Schema of a successful answer.
    package var output: JSON { makeOutput() }
    /// The settings that the function reads.
    package var settings: [any SettingDescription] { makeSettings() }
    /// Sections at the end of `--help`.
    package var notes: [HelpNote] { makeNotes() }
}
