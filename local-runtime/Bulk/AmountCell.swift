import Input

/// An amount as spreadsheets write it: with a decimal point or comma, and with separated thousands.
enum AmountCell {
    /// The amount with a decimal point and without separators of thousands. Text that is no such amount stays as it is,
    /// for the function to refuse.
    /// - Throws: if it may mean two amounts, or contradicts the decimal sign of `--decimal`.
    static func value(_ text: String, _ notation: CellNotation) throws(Invalid) -> String {
        var rest = Substring(text)
        let sign = rest.first.map { "-\u{2212}".contains($0) } == true ? "-" : ""
        if let first = rest.first, "-+\u{2212}".contains(first) { rest.removeFirst() }
        guard let (runs, signs) = parts(rest) else { return text }
        guard let last = signs.last else { return sign + runs[0] }
        if let given = notation.decimal, let shown = shownSign(text), shown != given {
            throw Invalid(
                "holds \(text), which is not an amount with the decimal sign \(given.rawValue), as --decimal says")
        }
        let groups = signs.dropLast()
        if signs.count == 1, last != .space {
            guard isOpen(runs) else { return sign + decimal(runs[0], runs[1]) }
            let (thousands, decimals) = (runs.joined(), runs.joined(separator: "."))
            if let known = notation.decimal ?? notation.shownDecimal {
                return sign + (last.isDecimal(known) ? decimals : thousands)
            }
            if last == .comma || notation.separator == UInt8(ascii: ";") {
                throw Invalid(
                    "holds \(text), which could be \(sign)\(thousands) or \(sign)\(decimals); name the decimal sign: --decimal . or --decimal , (or write \(sign)\(thousands) or \(sign)\(decimals)0)"
                )
            }
            return sign + decimals
        }
        if signs.allSatisfy({ $0 == last }) { return areGroups(runs) ? sign + runs.joined() : text }
        guard last != .space, let group = groups.first, groups.allSatisfy({ $0 == group && $0 != last }),
            areGroups(runs.dropLast())
        else { return text }
        return sign + decimal(runs.dropLast().joined(), runs[runs.count - 1])
    }

    /// The decimal sign that an amount shows by its decimals or by the separators of its thousands. Nil if it shows
    /// none, or if both are possible.
    static func shownSign(_ text: String) -> DecimalSign? {
        var rest = Substring(text)
        if let first = rest.first, "-+\u{2212}".contains(first) { rest.removeFirst() }
        guard let (runs, signs) = parts(rest), let last = signs.last, last != .space else { return nil }
        if signs.count == 1 { return isOpen(runs) ? nil : last == .comma ? .comma : .point }
        // There are thousands only, so the decimal sign is the other one.
        let isAlone = signs.allSatisfy { $0 == last }
        guard areGroups(isAlone ? runs : runs.dropLast()) else { return nil }
        return (last == .comma) == isAlone ? .point : .comma
    }

    /// Whether two runs of digits could be thousands, but also a whole number and its decimals.
    private static func isOpen(_ runs: [String]) -> Bool { areGroups(runs) && runs[0].first != "0" }

    private enum Sign {
        case point, comma, space

        func isDecimal(_ sign: DecimalSign) -> Bool { self == (sign == .comma ? .comma : .point) }
    }

    /// The runs of digits and the signs between them; nil for anything else. Only the first run may be empty.
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

    /// Whether the runs are groups of thousands: one to three digits, then three each.
    private static func areGroups(_ runs: some Collection<String>) -> Bool {
        guard let first = runs.first else { return false }
        return (1...3).contains(first.count) && runs.dropFirst().allSatisfy { $0.count == 3 }
    }

    private static func decimal(_ whole: String, _ fraction: String) -> String {
        "\(whole.isEmpty ? "0" : whole).\(fraction)"
    }
}
