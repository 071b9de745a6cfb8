import JSON

/// An amount as spreadsheets write it: with a decimal point or comma, and with thousands apart.
enum AmountCell {
    /// The amount with a decimal point and nothing between thousands. What is no such amount stays as it is, for the function
    /// to refuse.
    /// - Parameter isCommaDecimal: whether the file comes from where the comma is the decimal sign, so that `1.234` could be
    ///   more than a thousand.
    /// - Throws: that it may mean two amounts.
    static func value(_ text: String, isCommaDecimal: Bool) throws(Wrong) -> String {
        var rest = Substring(text)
        let sign = rest.first.map { "-\u{2212}".contains($0) } == true ? "-" : ""
        if let first = rest.first, "-+\u{2212}".contains(first) { rest.removeFirst() }
        guard let (runs, signs) = parts(rest) else { return text }
        guard let last = signs.last else { return sign + runs[0] }
        let groups = signs.dropLast()
        if signs.count == 1, last != .space {
            if areGroups(runs), runs[0].first != "0", last == .comma || isCommaDecimal {
                let (thousands, decimals) = (runs.joined(), runs.joined(separator: "."))
                throw Wrong(
                    "holds \(text), which could be \(sign)\(thousands) or \(sign)\(decimals); write \(sign)\(thousands) or \(sign)\(decimals)0"
                )
            }
            return sign + decimal(runs[0], runs[1])
        }
        if signs.allSatisfy({ $0 == last }) { return areGroups(runs) ? sign + runs.joined() : text }
        guard last != .space, let group = groups.first, groups.allSatisfy({ $0 == group && $0 != last }),
            areGroups(runs.dropLast())
        else { return text }
        return sign + decimal(runs.dropLast().joined(), runs[runs.count - 1])
    }

    private enum Sign { case point, comma, space }

    /// The runs of digits and what stands between them; nil for anything else. Only the first run may be empty.
    private static func parts(_ text: Substring) -> (runs: [String], signs: [Sign])? {
        var runs = [""]
        var signs: [Sign] = []
        for scalar in text.unicodeScalars {
            switch scalar {
            case "0"..."9": runs[runs.count - 1].unicodeScalars.append(scalar)
            case ".": signs.append(.point)
            case ",": signs.append(.comma)
            case " ", "\u{A0}", "\u{202F}", "\u{2009}", "'", "\u{2019}": signs.append(.space)
            default: return nil
            }
            if signs.count == runs.count { runs.append("") }
        }
        return runs.dropFirst().contains("") || runs == [""] ? nil : (runs, signs)
    }

    /// Whether thousands are apart: one to three digits, then three each.
    private static func areGroups(_ runs: some Collection<String>) -> Bool {
        guard let first = runs.first else { return false }
        return (1...3).contains(first.count) && runs.dropFirst().allSatisfy { $0.count == 3 }
    }

    private static func decimal(_ whole: String, _ fraction: String) -> String {
        "\(whole.isEmpty ? "0" : whole).\(fraction)"
    }
}
