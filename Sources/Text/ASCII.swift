/// Classes of ASCII characters.
extension UInt8 {
    package var isDigit: Bool { (0x30...0x39).contains(self) }
    package var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
    package var isHexDigit: Bool { isDigit || (0x41...0x46).contains(self) || (0x61...0x66).contains(self) }

    /// The optional white space of HTTP (RFC 9110 §5.6.3): a space or a tab.
    package var isSpaceOrTab: Bool { self == 0x20 || self == 0x09 }

    /// Whether the byte is a token character (RFC 9110 §5.6.2), as in a header's name.
    package var isOfToken: Bool {
        isLetter || isDigit || self == UInt8(ascii: "-") || "!#$%&'*+.^_`|~".utf8.contains(self)
    }

    /// Whether the byte is an unreserved character of a URI (RFC 3986 §2.3).
    package var isUnreserved: Bool {
        isLetter || isDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: ".") || self == UInt8(ascii: "_")
            || self == UInt8(ascii: "~")
    }

    /// The value of a hexadecimal digit; nil for any other byte.
    package var hexDigitValue: UInt8? {
        guard isHexDigit else { return nil }
        return isDigit ? self - 0x30 : (self | 0x20) - 0x57
    }
}

extension String {
    /// Whether the text is a token (RFC 9110 §5.6.2).
    package var isToken: Bool { !isEmpty && utf8.allSatisfy(\.isOfToken) }

    /// The text without the spaces and tabs at its ends.
    package var withoutSpacesAtEnds: String {
        guard utf8.first?.isSpaceOrTab == true || utf8.last?.isSpaceOrTab == true else { return self }
        return String(Substring(utf8.trimmed(of: \.isSpaceOrTab)))
    }
}

extension BidirectionalCollection {
    /// The collection without the elements at its ends that satisfy the condition.
    package func trimmed(of isTrimmed: (Element) -> Bool) -> SubSequence {
        let rest = drop(while: isTrimmed)
        guard let end = rest.lastIndex(where: { !isTrimmed($0) }) else { return self[endIndex..<endIndex] }
        return rest[...end]
    }
}
