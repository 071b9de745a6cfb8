import Domain
import Input
import JSON

extension Rule<[String]> {
    /// Reads a destination as origins: the origin of a URL, or those of a host, with or without a port, under both
    /// schemes.
    static var origins: Rule {
        let schema: JSON = [
            "description":
                "The destination: https://tracker.example, or tracker.example for http and https, with a port if necessary."
        ]
        return Rule<String>.text(1...2048).parsed(placeholder: [], schema: schema) { text throws(Invalid) in
            let urls = text.contains("://") ? [text] : ["https://\(text)", "http://\(text)"]
            do throws(Invalid) {
                var origins: [String] = []
                for url in urls { origins.append(try PostbackURL(parsing: url).origin) }
                return origins
            } catch {
                throw Invalid("must have a valid host, such as tracker.example or https://tracker.example:8443")
            }
        }
    }
}
