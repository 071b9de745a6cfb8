import Egress
import Text

@testable import Domain
@testable import HTTP

func checkURL(_ bytes: [UInt8]) throws(Violation) {
    guard let text = String(validating: bytes, as: UTF8.self), let url = try? PostbackURL(parsing: text) else {
        return
    }
    try require(url.text.isSame(as: text), "a URL keeps its text")
    try require(text.utf8.count <= PostbackURL.byteLimit, "an accepted URL is not too long")
    try require(!text.hasControlCharacter, "an accepted URL has no control characters")
    try require(!url.host.isEmpty, "an accepted URL has a host")
    try require(IPAddress(literal: url.host) == url.address, "the host is judged as the address that it is")
    for values in [MacroValues.hostile, .empty] {
        guard let rendered = try? url.rendered(values) else { continue }
        try checkRendered(rendered, of: url)
    }
}

/// A rendered URL goes where the postback's URL says, whatever the values are.
func checkRendered(_ rendered: String, of url: PostbackURL) throws(Violation) {
    try require(rendered.hasPrefix(url.prefix + "/"), "a rendered URL begins with the same scheme, host and port")
    try require(
        rendered.utf8.dropFirst(url.prefix.utf8.count).allSatisfy { (0x21...0x7e).contains($0) },
        "path and query are visible ASCII")
    try require(HTTPRequest(url: rendered).fault == nil, "a rendered URL can be sent")
    let target = rendered.dropFirst(url.prefix.count)
    try require(!target.contains(where: "[]|^\"<>`".contains), "what a URL cannot hold is encoded")
    for part in target.split(separator: "%", omittingEmptySubsequences: false).dropFirst() {
        try require(part.utf8.prefix(2).filter(\.isHexDigit).count == 2, "a percent sign begins an encoded byte")
    }
    let segments = target.prefix { $0 != "?" }.lowercased().replacing("%2e", with: ".").split(separator: "/")
    try require(!segments.contains(".") && !segments.contains(".."), "no segment of the path leads to another path")

    // libcurl reads it again before it dials.
    guard let target = RequestTarget(rendered) else {
        // Its IDN library knows names that no registry takes, and refuses them; then nothing is sent.
        try require(!url.host.utf8.allSatisfy { $0 < 0x80 }, "libcurl takes an ASCII host, here \(url.host)")
        return
    }
    try require("\(target.port)".isSame(as: url.port), "libcurl sees the same port")
    try require(target.address == url.address, "libcurl sees the same address in \(url.host)")
    if url.host.utf8.allSatisfy({ $0 < 0x80 }), url.address == nil {
        try require(target.host.isSame(as: url.host), "libcurl sees the same host")
    }
}

extension PostbackURL {
    /// As it stands at the end of the origin.
    fileprivate var port: String { String(origin[(origin.lastIndex(of: ":") ?? origin.startIndex)...].dropFirst()) }
}
