import System

/// The abilities of a terminal: its width, its characters, and whether text may be bold.
struct TerminalStyle {
    var columns = 80
    /// Whether it shows more than ASCII.
    var isUnicode = true
    var isBold = false

    /// The style of this process's standard output. In `environment`, `COLUMNS` gives the width; the locale (`LC_ALL`,
    /// `LC_CTYPE`, `LANG`) and `TERM` decide which characters there are; `NO_COLOR` (no-color.org) forbids bold text.
    static func ofOutput(_ environment: [String: String] = ProcessEnvironment.all) -> TerminalStyle {
        let width = environment["COLUMNS"].flatMap { Int($0) } ?? Descriptor.standardOutput.terminalColumns ?? 80
        let isPlain = ["", "dumb"].contains(environment["TERM"] ?? "")
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let encoding = locale.lowercased().filter { $0 != "-" }
        return TerminalStyle(
            columns: max(width, 20), isUnicode: !isPlain && encoding.contains("utf8"),
            isBold: !isPlain && (environment["NO_COLOR"] ?? "").isEmpty)
    }

    /// Text of this program, with its special characters written in ASCII if the terminal has only that.
    func shown(_ text: String) -> String {
        if isUnicode || text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
                    TerminalStyle.inASCII[scalar].map { Array($0.unicodeScalars) } ?? [scalar]
                }))
    }

    private static let inASCII: [Unicode.Scalar: String] = [
        "\u{2713}": "ok", "\u{2717}": "!!", "\u{2026}": "...", "\u{2502}": "|", "\u{2500}": "-", "\u{2588}": "#",
        "\u{2591}": "-", "\u{2013}": "-", "\u{2018}": "'", "\u{2019}": "'", "\u{201C}": "\"", "\u{201D}": "\"",
        "\u{A0}": " ", "\u{202F}": " ",
    ]

    /// Text of other origin as one line that a terminal shows and does not act on: control characters, line breaks and
    /// marks that change the direction of text are made visible.
    func cell(_ text: String) -> String {
        let substitute: Unicode.Scalar = isUnicode ? "\u{FFFD}" : "?"
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    if !isUnicode { return (0x20..<0x7F).contains(scalar.value) ? scalar : substitute }
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                        return substitute
                    default: return scalar
                    }
                }))
    }
}
