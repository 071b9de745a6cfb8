package import Input
import JSON

extension Rule<PostbackURL> {
    /// A destination as the scheme, host and port of a URL. A slash behind them is allowed.
    package static var origin: Rule {
        Rule<String>.text(1...2048).parsed(
            placeholder: .placeholder,
            schema: [
                "title": "scheme, host and port",
                "pattern": #"^[Hh][Tt][Tt][Pp][Ss]?://[^/?#\\@{}\u0000-\u0020\u007f-\u009f]+/?$"#,
                "description": "Such as https://tracker.example or http://tracker.example:8080, without a path.",
            ]
        ) { text throws(Invalid) in
            let url = try PostbackURL(parsing: text)
            guard url.rest.text.isEmpty || url.rest.text == "/" else {
                throw Invalid("must end behind the host and port, such as \(url.prefix)")
            }
            return url
        }
    }
}
