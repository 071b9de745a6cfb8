import CCurl
import Egress

/// Whom a URL names, read by curl's own parser: what curl would look up or dial.
struct RequestTarget: Hashable, Sendable {
    /// In lower case, without brackets; an internationalised name in its ASCII form (RFC 5891).
    let host: String
    let port: Int
    /// What the host is when it is an address, in whatever spelling curl takes for one.
    let address: IPAddress?

    /// - Returns: nil for a URL to which curl would not send.
    init?(_ url: String) {
        guard HTTPClient.isStarted, let parsed = ParsedURL(url), var host = parsed.text(of: CURLUPART_HOST),
            !host.isEmpty,
            let port = parsed.text(of: CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) })
        else { return nil }
        if !host.utf8.allSatisfy({ $0 < 0x80 }) {
            // By way of the whole URL: curl 7.88 leaks memory when asked for the host alone.
            guard let ascii = parsed.text(of: CURLUPART_URL, CURLU_PUNYCODE),
                let name = ParsedURL(ascii)?.text(of: CURLUPART_HOST)
            else { return nil }
            host = name
        }
        self.host = (host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host).lowercased()
        self.port = port
        // Some take an address with a point behind it for the same.
        address = IPAddress(literal: self.host.last == "." ? String(self.host.dropLast()) : self.host)
    }
}

/// Owns curl's URL handle.
@safe private final class ParsedURL {
    private let handle: OpaquePointer

    init?(_ url: String) {
        guard let handle = unsafe curl_url() else { return nil }
        unsafe self.handle = handle
        // As the transfer will read it.
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
