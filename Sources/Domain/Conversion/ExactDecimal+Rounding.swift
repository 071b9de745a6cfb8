extension ExactDecimal {
    /// Returns the amount with this many decimals, rounded half away from zero.
    func fixed(decimals: Int) -> String {
        let (isNegative, digits) = rounded(decimals: decimals)
        let whole = digits.dropLast(decimals)
        let text = String(decoding: whole, as: UTF8.self)
        let fraction = decimals > 0 ? "." + String(decoding: digits.suffix(decimals), as: UTF8.self) : ""
        return (isNegative ? "-" : "") + text + fraction
    }

    /// Returns the amount as a whole number of minor units, of which `10^exponent` make one unit of the currency;
    /// rounded half away from zero.
    func minorUnits(exponent: Int) -> String {
        let (isNegative, digits) = rounded(decimals: exponent)
        let significant = digits.dropLast().drop { $0 == UInt8(ascii: "0") } + digits.suffix(1)
        return (isNegative ? "-" : "") + String(decoding: significant, as: UTF8.self)
    }

    /// Returns the digits without the point: at least one before it, and `decimals` behind it. Zero is not negative.
    private func rounded(decimals: Int) -> (isNegative: Bool, digits: [UInt8]) {
        let (zero, nine) = (UInt8(ascii: "0"), UInt8(ascii: "9"))
        let unsigned = text.utf8.drop { $0 == UInt8(ascii: "-") }
        let whole = Array(unsigned.prefix { $0 != UInt8(ascii: ".") })
        let fraction = Array(unsigned.dropFirst(whole.count + 1))
        var digits = whole + fraction.prefix(decimals)
        digits += [UInt8](repeating: zero, count: max(0, decimals - fraction.count))
        if fraction.count > decimals, fraction[decimals] >= UInt8(ascii: "5") {
            let carried = digits.reversed().prefix { $0 == nine }.count
            let end = digits.count - carried
            for index in end..<digits.count { digits[index] = zero }
            if end == 0 { digits.insert(UInt8(ascii: "1"), at: 0) } else { digits[end - 1] += 1 }
        }
        let isNegative = text.utf8.first == UInt8(ascii: "-") && digits.contains { $0 != zero }
        return (isNegative, digits)
    }
}

/// The number of decimals that the minor unit of a currency has.
enum CurrencyExponent {
    /// Returns the number by ISO 4217's list one; 2 for a code that is not in it, and without a currency.
    static func of(_ currency: String?) -> Int {
        guard let currency else { return 2 }
        return exponents[currency.uppercased()] ?? 2
    }

    /// All currencies whose exponent is not 2.
    private static let exponents: [String: Int] = {
        let lists: [(Int, String)] = [
            (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
            (3, "BHD IQD JOD KWD LYD OMR TND"), (4, "CLF UYW"),
        ]
        return lists.reduce(into: [:]) { table, list in
            for code in list.1.split(separator: " ") { table[String(code)] = list.0 }
        }
    }()
}
