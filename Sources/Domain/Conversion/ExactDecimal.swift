package import Input
import JSON
import Text

/// An exact decimal amount. It keeps the scale it was given: 12.30 stays 12.30.
package struct ExactDecimal: Sendable, Hashable {
    /// Plain decimal digits without an exponent, such as `-12.30`; zero has no sign. The text is also a valid JSON
    /// number.
    package let text: String

    /// The largest number of digits before and after the point.
    package static let integerDigits = 20
    package static let fractionDigits = 18

    /// Reads a JSON number's grammar (RFC 8259 §6) and expands exponents.
    package init(parsing text: String) throws(Invalid) {
        guard text.utf8.count <= 64, let parts = Parts(text) else { throw ExactDecimal.wrong(text) }
        guard var digits = parts.expanded else { throw ExactDecimal.tooLong(text) }
        let isZero = digits.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
        if parts.isNegative, !isZero { digits.insert(UInt8(ascii: "-"), at: 0) }
        self.text = String(decoding: digits, as: UTF8.self)
    }

    /// Reads an amount that is written as this type writes it: digits, and digits behind a point, without a sign, an
    /// exponent or leading zeros.
    package init?(plain bytes: some Collection<UInt8>) {
        var (integer, fraction) = (0, 0)
        var hasPoint = false
        for byte in bytes {
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if byte.isDigit {
                if hasPoint { fraction += 1 } else { integer += 1 }
            } else {
                return nil
            }
        }
        guard (1...ExactDecimal.integerDigits).contains(integer), fraction <= ExactDecimal.fractionDigits,
            hasPoint == (fraction > 0), integer == 1 || bytes.first != UInt8(ascii: "0")
        else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }

    private static func tooLong(_ text: String) -> Invalid {
        Invalid(
            "must have at most \(integerDigits) digits before and \(fractionDigits) after the point, not \(text.prefix(48))"
        )
    }

    private static func wrong(_ text: String) -> Invalid {
        if text.contains(",") {
            return Invalid(
                "must be written with a point and without separators, such as \"12.99\", not \"\(text.prefix(48))\"")
        }
        return Invalid("must be a decimal amount, such as \"12.99\", not \"\(text.prefix(48))\"")
    }
}

extension ExactDecimal {
    /// The parts of a number's text.
    private struct Parts {
        var isNegative = false
        var integer: [UInt8] = []
        var fraction: [UInt8] = []
        var exponent = 0

        init?(_ text: String) {
            var rest = Substring(text).utf8
            func digits() -> [UInt8] {
                let found = Array(rest.prefix(while: \.isDigit))
                rest = rest.dropFirst(found.count)
                return found
            }
            func consume(_ character: Unicode.Scalar) -> Bool {
                guard rest.first.map(Unicode.Scalar.init) == character else { return false }
                rest = rest.dropFirst()
                return true
            }
            isNegative = consume("-")
            integer = digits()
            guard !integer.isEmpty, integer.count == 1 || integer[0] != UInt8(ascii: "0") else { return nil }
            if consume(".") {
                fraction = digits()
                guard !fraction.isEmpty else { return nil }
            }
            if consume("e") || consume("E") {
                let isNegative = consume("-")
                if !isNegative { _ = consume("+") }
                let power = digits()
                guard !power.isEmpty else { return nil }
                // A larger exponent is out of range in any case.
                exponent = power.reduce(0) { min($0 * 10 + Int($1 - 0x30), 1000) } * (isNegative ? -1 : 1)
            }
            guard rest.isEmpty else { return nil }
        }

        /// The digits with the point in its place; nil if there are too many.
        var expanded: [UInt8]? {
            let zero = UInt8(ascii: "0")
            var digits = integer + fraction
            // The place of the point among the digits.
            var point = integer.count + exponent
            if point < 0 {
                guard -point <= ExactDecimal.fractionDigits else { return nil }
                digits.insert(contentsOf: repeatElement(zero, count: -point), at: 0)
                point = 0
            }
            let isZero = digits.allSatisfy { $0 == zero }
            if point > digits.count {
                let missing = isZero ? 0 : point - digits.count
                guard missing <= ExactDecimal.integerDigits else { return nil }
                digits.append(contentsOf: repeatElement(zero, count: missing))
                point = digits.count
            }
            var whole = Array(digits[..<point].drop { $0 == zero })
            let part = digits[point...]
            guard whole.count <= ExactDecimal.integerDigits, part.count <= ExactDecimal.fractionDigits else {
                return nil
            }
            if whole.isEmpty { whole = [zero] }
            return part.isEmpty ? whole : whole + [UInt8(ascii: ".")] + part
        }
    }
}

extension ExactDecimal: CustomStringConvertible {
    package var description: String { text }
}

extension Rule<ExactDecimal> {
    /// An amount as a string or a number.
    package static var money: Rule {
        let plain =
            #"^-?(0|[1-9][0-9]{0,\#(ExactDecimal.integerDigits - 1)})(\.[0-9]{1,\#(ExactDecimal.fractionDigits)})?$"#
        let exponential = #"^-?(0|[1-9][0-9]*)(\.[0-9]+)?[eE][+-]?[0-9]+$"#
        let words =
            "At most \(ExactDecimal.integerDigits) digits before and \(ExactDecimal.fractionDigits) after the point, also when an exponent is written out."
        func schema() -> JSON {
            let limit = "1e\(ExactDecimal.integerDigits)"
            return [
                "title": "decimal amount as text or number",
                "anyOf": [
                    ["type": "string", "pattern": .string(plain)],
                    ["type": "string", "pattern": .string(exponential), "maxLength": 64],
                    ["type": "number", "exclusiveMinimum": .number("-\(limit)"), "exclusiveMaximum": .number(limit)],
                ],
                "description": .string(words),
            ]
        }
        return Rule(schema: schema(), placeholder: ExactDecimal.zero, blank: .emptyText) { json, path, faults in
            guard case .string(let text) = json else {
                guard case .number(let text) = json else {
                    faults.append(
                        Fault(path, "must be an amount as a string or number, such as \"12.99\", not \(json.kind)"))
                    return nil
                }
                return read(text, path, &faults)
            }
            return read(text, path, &faults)
        }
    }

    private static func read(_ text: String, _ path: Path, _ faults: inout [Fault]) -> ExactDecimal? {
        do throws(Invalid) {
            return try ExactDecimal(parsing: text)
        } catch {
            faults.append(Fault(path, error.message))
            return nil
        }
    }
}

extension ExactDecimal {
    private init() { text = "0" }
    fileprivate static let zero = ExactDecimal()
}

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
