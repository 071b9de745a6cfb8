import Egress
package import Input
import JSON

extension Rule<String> {
    private static var ipSchema: JSON {
        ["title": "IPv4 or IPv6 address", "anyOf": [["format": "ipv4"], ["format": "ipv6"]]]
    }

    /// A literal IPv4 or IPv6 address, kept as it is written.
    package static var ip: Rule {
        text(1...45).parsed(placeholder: "", schema: ipSchema) {
            text throws(Invalid) in
            guard IPAddress(literal: text) != nil else {
                throw Invalid(
                    "must be an IPv4 or IPv6 address, such as \"192.0.2.1\" or \"2001:db8::1\", not \"\(text)\"")
            }
            return text
        }
    }
}
