import Adapters
import EmbeddedFiles
import Secrets
import Text

/// The files of the console, which are part of the program.
struct ConsoleFiles {
    private struct File {
        let type: String
        let bytes: [UInt8]
        /// The entity tag, which changes with the content (RFC 9110 §8.8.3).
        let tag: String

        init(_ name: String, _ bytes: [UInt8]) {
            type = ConsoleFiles.type(of: name)
            self.bytes = bytes
            tag = "\"\(sha256(bytes).prefix(12).hexadecimal)\""
        }
    }

    private let files: [String: File]

    init(_ embedded: [EmbeddedFile]) {
        var files: [String: File] = [:]
        for file in embedded {
            guard file.name == ConsoleFiles.template else {
                files[file.name] = File(file.name, file.bytes)
                continue
            }
            let text = String(decoding: file.bytes, as: UTF8.self)
            for page in ConsoleFiles.pages {
                let name = "\(page).html"
                files[name] = File(name, Array(text.replacing("{page}", with: page).utf8))
            }
        }
        self.files = files
    }

    /// The file from which all pages are made. They differ in the script that they load, which has the page's name.
    private static let template = "page.html"
    private static let pages = ["conversion", "conversions", "deliveries", "functions", "health", "offer", "offers"]

    /// The first page.
    static let start = "/console/offers.html"

    private static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/x-icon"
        default: "application/octet-stream"
        }
    }

    /// The answer with the file; nil if there is none with this name.
    func response(_ name: String, to request: Request) -> HTTPAnswer? {
        guard let file = files[name] else { return nil }
        // A new version of the program has new pages, so the browser has to ask each time; the tag saves the transfer.
        let headers: [HTTPAnswer.Field] = [
            HTTPAnswer.Field("ETag", file.tag), HTTPAnswer.Field("Cache-Control", "no-cache"),
        ]
        let isKnown = request.values(of: "if-none-match").contains { $0.contains(file.tag) }
        if isKnown { return HTTPAnswer(status: 304, headers: headers) }
        return HTTPAnswer(200, type: file.type, file.bytes, headers: headers)
    }

    /// A page loads scripts, styles, pictures and data from this gateway only; no other page can frame it; and the
    /// browser refuses to interpret text as markup.
    static let headers = [
        HTTPAnswer.Field(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
                + "trusted-types 'none'"),
        HTTPAnswer.Field("Cross-Origin-Opener-Policy", "same-origin"),
    ]
}
