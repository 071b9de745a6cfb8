import FunctionRuntime
import JSON

/// The result of a row: one line of the results file.
struct RowResult {
    let word: Word
    /// The other members of the line.
    var details: [JSON.Member] = []

    enum Word: String, CaseIterable {
        case recorded, created, updated, unchanged, duplicate
        /// The result of a dry run: the function would accept the row.
        case valid
        case conflict
        case notFound = "not_found"
        case invalid
        /// The database was away. The row must be done again.
        case unavailable
        /// A bug in the function; its log has the details. The row must be done again.
        case failed

        /// Whether a resumed import skips the row.
        var isFinal: Bool { self != .unavailable && self != .failed }

        /// Whether the row is at fault.
        var isRefusal: Bool { self == .conflict || self == .notFound || self == .invalid }
    }

    static func invalid(_ reason: String, line: Int) -> RowResult {
        RowResult(
            word: .invalid, details: [JSON.Member("line", .integer(line)), JSON.Member("reason", .string(reason))])
    }

    /// The result for a function's error; nil for `misconfigured`, which is not the fault of a row.
    init?(error: JSON, line: Int) {
        switch error["code"]?.text.flatMap(FunctionError.Code.init) {
        case .invalidJSON, .invalidRequest: word = .invalid
        case .notFound: word = .notFound
        case .conflict: word = .conflict
        case .unavailable: word = .unavailable
        case .misconfigured: return nil
        case .internal, nil: word = .failed
        }
        details = [JSON.Member("line", .integer(line)), JSON.Member("reason", .string(RowResult.reason(error)))]
    }

    /// The result of a dry run for an accepted row.
    init(valid output: JSON) {
        word = .valid
        if let warnings = output["warnings"] { details = [JSON.Member("warnings", warnings)] }
    }

    init(word: Word, details: [JSON.Member] = []) {
        self.word = word
        self.details = details
    }

    /// All faults in one sentence.
    static func reason(_ error: JSON) -> String {
        guard case .array(let faults)? = error["details"], faults.count > 1 else { return error["message"]?.text ?? "" }
        return faults.map { fault in
            let field = fault["field"]?.text ?? ""
            return "\(field.isEmpty ? "the input" : field) \(fault["message"]?.text ?? "")"
        }.joined(separator: "; ")
    }

    /// The reason why the row was refused; nil if it was not.
    var refusal: String? {
        guard word.isRefusal else { return nil }
        return details.first { $0.name == "reason" }?.value.text ?? word.rawValue
    }

    /// Writes the line of the results file.
    func write(row: Int, to bytes: inout [UInt8]) {
        let members = [JSON.Member("row", .integer(row)), JSON.Member("result", .string(word.rawValue))] + details
        JSON.object(members).write(to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }
}
