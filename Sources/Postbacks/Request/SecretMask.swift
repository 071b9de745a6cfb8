import JSON
import Secrets

/// Hides the secrets of a request in what its receiver answers, who may repeat what it was sent: as it was sent, and as text is
/// usually encoded. Byte by byte, so that no combining character makes a secret look like another text.
package struct SecretMask: Sendable {
    private let matcher: ByteMatcher

    /// Shorter ones would blank out whatever looks like them.
    package static let shortest = 4

    /// - Parameters:
    ///   - others: secrets that the request itself does not carry.
    ///   - textLimit: no text in which they are looked for is longer.
    package init(of request: OutgoingRequest?, and others: [String] = [], textLimit: Int = .max) {
        var forms: Set<[UInt8]> = []
        for secret in (request?.secrets ?? []) + others {
            for form in SecretMask.forms(of: secret) where form.utf8.count >= SecretMask.shortest {
                forms.insert(Array(form.utf8))
            }
        }
        matcher = ByteMatcher(forms, textLimit: textLimit)
    }

    package func callAsFunction(_ text: String) -> String {
        matcher.isEmpty ? text : String(decoding: self(Array(text.utf8)), as: UTF8.self)
    }

    /// - Parameter isCut: the end is missing, and with it perhaps the end of a secret.
    package func callAsFunction(_ bytes: [UInt8], isCut: Bool = false) -> [UInt8] {
        matcher.replacing(
            in: bytes, with: Array(Secret.mask.utf8), endsFrom: isCut ? SecretMask.shortest : nil)
    }

    private static func forms(of secret: String) -> [String] {
        let component = PercentEncoding.component(secret)
        let form = PercentEncoding.form(secret)
        let json = JSON.string(secret).encodedText.dropFirst().dropLast()
        return [
            secret, component, withSmallHexadecimals(component), form, withSmallHexadecimals(form), String(json),
            String(Base64.encode(Array(secret.utf8)).prefix { $0 != "=" }),
        ]
    }

    private static func withSmallHexadecimals(_ text: String) -> String {
        var digits = 0
        return String(
            decoding: text.utf8.map { byte in
                defer { digits = byte == UInt8(ascii: "%") ? 2 : max(0, digits - 1) }
                return digits > 0 && (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte) ? byte | 0x20 : byte
            }, as: UTF8.self)
    }
}

extension OutgoingRequest {
    /// The secrets as they were sent: of an `Authorization` also what stands behind the scheme, and the password in it.
    fileprivate var secrets: [String] {
        headers.filter(\.isSecret).flatMap { header -> [String] in
            guard header.name.lowercased() == "authorization" else { return [header.value] }
            let credentials = header.value.drop { $0 != " " }.dropFirst()
            let pair = Base64.decode(String(credentials)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return [header.value, String(credentials), String(pair.drop { $0 != ":" }.dropFirst())]
        }
    }
}
