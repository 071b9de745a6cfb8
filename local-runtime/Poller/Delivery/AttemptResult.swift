import Domain
import JSON
import Store

/// The parts of an answer of the delivery process that may be logged. They contain nothing that a receiver or an
/// affiliate wrote.
struct AttemptResult {
    let outcome: String
    /// The HTTP status of the receiver's answer.
    let status: Int?
    let code: String?
    /// Nil if no other attempt follows.
    let retryIn: Duration?
    /// Scheme, host and port.
    let origin: String?

    /// - Parameter line: `{"id":…,"output":{…}}`.
    init(_ line: [UInt8]) {
        let output = Outbox.AttemptRecord.outline(of: line)?.outline("output")
        outcome = output?["outcome"]?.text ?? ""
        if case .number(let digits)? = output?.outline("response")?["status"] {
            status = Int(digits)
        } else {
            status = nil
        }
        code = output?.outline("error")?["code"]?.text
        if case .number(let digits)? = output?["retryInSeconds"] {
            retryIn = Double(digits).map { .seconds($0) }
        } else {
            retryIn = nil
        }
        origin = output?["request"]?["url"]?.text.flatMap(AttemptResult.origin)
    }

    /// The origin of a URL, without the parts into which an affiliate may have put values.
    private static func origin(of url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let end = url[scheme.upperBound...].firstIndex { "/?#".contains($0) } ?? url.endIndex
        return (try? PostbackURL(parsing: String(url[..<end])))?.origin
    }
}
