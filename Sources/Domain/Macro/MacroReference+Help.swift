package import Input

extension MacroReference {
    /// The notes in the help of the functions that take templates.
    package static let help = [
        HelpNote(
            "macros, in path and query of url, in values of requestParams and in those of requestHeaders ({{ and }} are literal braces; without a value a macro is empty):",
            macros.map(row)),
        HelpNote("modifiers:", modifiers.map(row)),
    ]

    private static func row(_ entry: Entry) -> (name: String, text: String) {
        (entry.template, "\(entry.meaning) Example: \(entry.rendered)")
    }
}
