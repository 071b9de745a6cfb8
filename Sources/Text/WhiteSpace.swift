/// White space that may come with a copied id: Unicode's property White_Space, and the zero-width characters that
/// editors and spreadsheets insert (U+200B, U+2060 and the byte order mark U+FEFF).
package enum WhiteSpace {
    package static func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000,
            0xFEFF:
            true
        default: false
        }
    }

    /// The same characters for use inside the brackets of a regular expression (ECMA-262).
    package static let pattern =
        #"\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"#
}

extension String {
    /// The text without the white space at its ends.
    package var withoutWhiteSpaceAtEnds: String {
        // Almost every id begins and ends with visible ASCII.
        if let first = utf8.first, let last = utf8.last, (0x21...0x7E).contains(first), (0x21...0x7E).contains(last) {
            return self
        }
        let scalars = unicodeScalars
        guard let start = scalars.firstIndex(where: { !WhiteSpace.contains($0) }),
            let end = scalars.lastIndex(where: { !WhiteSpace.contains($0) })
        else { return "" }
        return String(self[start..<scalars.index(after: end)])
    }
}
