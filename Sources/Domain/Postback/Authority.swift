import Egress
import Input
import Text

/// Host and port of a URL (RFC 3986 §3.2), without user info and without macros.
struct Authority {
    /// The host in lower case; an IPv6 address has no brackets.
    let host: String
    let address: IPAddress?
    let port: Int
    let isDefaultPort: Bool

    /// The host as a URL writes it, with brackets around an IPv6 address.
    var writtenHost: String { address?.family == .v6 ? "[\(host)]" : host }

    init(parsing text: Substring, defaultPort: Int) throws(Invalid) {
        guard !text.isEmpty else { throw Invalid("must have a host") }
        if text.utf8.contains(UInt8(ascii: "{")) || text.utf8.contains(UInt8(ascii: "}")) {
            throw Invalid("must not have macros in the host or port")
        }
        if text.utf8.contains(UInt8(ascii: "@")) {
            throw Invalid("must not have user info (user:password@); use basicAuth")
        }
        let hostText: Substring
        var rest: Substring
        if text.utf8.first == UInt8(ascii: "[") {
            guard let end = text.unicodeScalars.firstIndex(of: "]") else {
                throw Invalid("has a [ without its ] in the host")
            }
            hostText = Substring(text.unicodeScalars[..<end].dropFirst())
            rest = Substring(text.unicodeScalars[end...].dropFirst())
            guard let address = IPAddress(literal: String(hostText)), address.family == .v6 else {
                throw Invalid("must have an IPv6 address between [ and ], such as [2001:db8::1]")
            }
            self.address = address
            host = address.description
        } else {
            hostText = text.prefixOfScalars { $0 != ":" }
            rest = text[hostText.endIndex...]
            address = IPAddress(literal: String(hostText))
            if let address { host = address.description } else { host = try Authority.name(hostText) }
        }
        if rest.isEmpty {
            port = defaultPort
        } else {
            guard rest.unicodeScalars.removeFirst() == ":", (1...5).contains(rest.utf8.count),
                rest.utf8.allSatisfy(\.isDigit), let number = Int(rest), (1...65535).contains(number)
            else { throw Invalid("must have a port from 1 to 65535 after the host, or none") }
            port = number
        }
        isDefaultPort = port == defaultPort
    }

    /// Reads a DNS name and returns it in lower case. Beyond ASCII, in internationalised labels, it accepts letters and
    /// marks.
    private static func name(_ text: Substring) throws(Invalid) -> String {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        if let last = labels.last, isNumeric(last) {
            throw Invalid(
                "has a host that some programs read as a number; write the address as a dotted quad, such as 192.0.2.1")
        }
        guard text.utf8.count <= 253 else { throw Invalid("must have a host of at most 253 bytes") }
        for label in labels {
            let scalars = label.unicodeScalars
            guard (1...63).contains(scalars.count), scalars.allSatisfy(isNameScalar), scalars.first != "-",
                scalars.last != "-"
            else {
                throw Invalid(
                    "must have a valid host: labels of 1 to 63 letters, digits and hyphens, separated by points"
                )
            }
        }
        return text.lowercased()
    }

    /// Whether some parsers (inet_aton, WHATWG) read a host that ends in this label as an address: `1`, `0x7f`, `0x`.
    private static func isNumeric(_ label: Substring) -> Bool {
        if !label.isEmpty, label.utf8.allSatisfy(\.isDigit) { return true }
        return label.lowercased().hasPrefix("0x") && label.utf8.dropFirst(2).allSatisfy(\.isHexDigit)
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            return byte.isLetter || byte.isDigit || scalar == "-" || scalar == "_"
        }
        // Some software silently reads digits beyond ASCII and full-width letters as ASCII ones.
        if scalar.properties.numericType != nil || (0xFF00...0xFFEF).contains(scalar.value) { return false }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark:
            return true
        default: return false
        }
    }
}
