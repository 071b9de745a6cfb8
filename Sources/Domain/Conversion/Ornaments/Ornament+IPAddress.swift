import Egress
package import Input
import JSON
import Text

extension Ornament<String> {
    /// A literal IPv4 or IPv6 address. Of a list, such as X-Forwarded-For has, the first address is taken. A port, a
    /// zone, and a prefix that covers nothing but the address are cut off.
    package static var ip: Ornament {
        Ornament(.ip, "An IPv4 or IPv6 address; the first address of a list.") { json in
            switch json {
            case .string(let text): firstAddress(in: text)
            case .array(let items): firstAddress(in: items.prefix(16).compactMap(\.text).joined(separator: ","))
            default: nil
            }
        }
    }

    private static func firstAddress(in text: String) -> (value: String, change: String)? {
        let parts = text.unicodeScalars.split { ",;".unicodeScalars.contains($0) || WhiteSpace.contains($0) }
        for part in parts where part.count <= 80 {
            guard let address = address(in: String(part)) else { continue }
            return (address, "was \(quoted(text)); the address \(address) is used")
        }
        return nil
    }

    /// Finds the address in `192.0.2.1:443`, `[2001:db8::1]:443`, `"[2001:db8::1]"`, `for=192.0.2.1` (RFC 7239 §6),
    /// `fe80::1%eth0`, `192.0.2.1/32`.
    private static func address(in part: String) -> String? {
        var text = part.filter { $0 != "\"" }
        if text.lowercased().hasPrefix("for=") { text.removeFirst(4) }
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            text = String(text[..<end].dropFirst())
        } else if text.utf8.count(where: { $0 == UInt8(ascii: ":") }) == 1, let colon = text.firstIndex(of: ":") {
            guard isPort(text[colon...]) else { return nil }
            text = String(text[..<colon])
        }
        let isV6 = text.contains(":")
        if isV6, let zone = text.firstIndex(of: "%") { text = String(text[..<zone]) }
        if text.hasSuffix(isV6 ? "/128" : "/32") { text.removeLast(isV6 ? 4 : 3) }
        return IPAddress(literal: text) == nil ? nil : text
    }

    /// Whether the text is a colon and 1–5 digits.
    private static func isPort(_ text: Substring) -> Bool {
        let digits = text.utf8.dropFirst()
        return text.first == ":" && (1...5).contains(digits.count) && digits.allSatisfy(\.isDigit)
    }
}
