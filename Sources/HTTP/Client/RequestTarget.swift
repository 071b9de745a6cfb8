import CCurl
import Egress

/// The host and port of a URL, as curl's own parser reads them: exactly what curl would look up or dial.
struct RequestTarget: Hashable, Sendable {
    /// In lower case and without brackets; an internationalised name is in its ASCII form (RFC 5891).
    let host: String
    let port: Int
    /// The address that the host spells, in any spelling that curl accepts; nil for a name.
    let address: IPAddress?

    /// - Returns: nil for a URL that curl would not request.
    init?(_ url: String) {
        guard HTTPClient.isStarted, let parsed = ParsedURL(url), var host = parsed.text(of: CURLUPART_HOST),
            !host.isEmpty,
            let port = parsed.text(of: CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) })
        else { return nil }
        if !host.utf8.allSatisfy({ $0 < 0x80 }) {
            // The whole URL is converted, because curl 7.88 leaks memory when asked for the host alone.
            guard let ascii = parsed.text(of: CURLUPART_URL, CURLU_PUNYCODE),
                let name = ParsedURL(ascii)?.text(of: CURLUPART_HOST)
            else { return nil }
            host = name
        }
        self.host = (host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host).lowercased()
        self.port = port
        // Some resolvers ignore a dot after an address.
        address = IPAddress(literal: self.host.last == "." ? String(self.host.dropLast()) : self.host)
    }
}

/// Owns curl's URL handle.
@safe private final class ParsedURL {
    private let handle: OpaquePointer

    init?(_ url: String) {
        guard let handle = unsafe curl_url() else { return nil }
        unsafe self.handle = handle
        // The transfer reads the URL with the same flags.
        let flags = CUnsignedInt(CURLU_DISALLOW_USER | CURLU_PATH_AS_IS)
        guard unsafe curl_url_set(handle, CURLUPART_URL, url, flags) == CURLUE_OK else { return nil }
    }

    deinit { unsafe curl_url_cleanup(handle) }

    func text(of part: CURLUPart, _ flags: CInt = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(handle, part, &text, CUnsignedInt(flags)) == CURLUE_OK, let text = unsafe text else {
            return nil
        }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }
}
