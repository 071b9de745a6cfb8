extension UInt8 {
    /// The byte as two hexadecimal digits.
    package func hexadecimal(uppercase: Bool = false) -> String {
        (self < 16 ? "0" : "") + String(self, radix: 16, uppercase: uppercase)
    }
}

extension Sequence<UInt8> {
    /// Two lowercase hexadecimal digits for each byte.
    package var hexadecimal: String { map { $0.hexadecimal() }.joined() }
}

extension Unicode.Scalar {
    /// The code point with at least four uppercase hexadecimal digits.
    package var hexadecimal: String { value.hexadecimal(digits: 4, uppercase: true) }
}

extension FixedWidthInteger {
    /// The number in hexadecimal, padded with zeros to `count` digits.
    package func hexadecimal(digits count: Int, uppercase: Bool = false) -> String {
        let digits = String(self, radix: 16, uppercase: uppercase)
        return String(repeating: "0", count: Swift.max(0, count - digits.utf8.count)) + digits
    }
}
