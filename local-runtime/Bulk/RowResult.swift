import FunctionRuntime
import JSON

/// What became of a row: one line of the results file.
struct RowResult {
    let word: Word
    /// What the line says beside the row and the word.
    var details: [JSON.Member] = []

    enum Word: String, CaseIterable {
        case recorded, created, updated, unchanged, duplicate
        /// In a dry run: the function would take it.
        case valid
        case conflict
        case notFound = "not_found"
        case invalid
        /// The database was away. To be done again.
        case unavailable
        /// A bug in the function; its log has the details. To be done again.
        case failed

        /// Whether a resume passes the row over.
        var isFinal: Bool { self != .unavailable && self != .failed }

        /// Whether the row is to blame.
        var isRefusal: Bool { self == .conflict || self == .notFound || self == .invalid }
    }

    static func invalid(_ reason: String, line: Int) -> RowResult {
        RowResult(
            word: .invalid, details: [JSON.Member("line", .integer(line)), JSON.Member("reason", .string(reason))])
    }

    /// The result that a function's error is; nil for `misconfigured`, which is no row's.
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

    /// What a dry run found good.
    init(valid output: JSON) {
        word = .valid
        if let warnings = output["warnings"] { details = [JSON.Member("warnings", warnings)] }
    }

    init(word: Word, details: [JSON.Member] = []) {
        self.word = word
        self.details = details
    }

    /// Everything that is wrong, in one sentence.
    static func reason(_ error: JSON) -> String {
        guard case .array(let faults)? = error["details"], faults.count > 1 else { return error["message"]?.text ?? "" }
        return faults.map { fault in
            let field = fault["field"]?.text ?? ""
            return "\(field.isEmpty ? "the input" : field) \(fault["message"]?.text ?? "")"
        }.joined(separator: "; ")
    }

    /// Why the row was refused; nil where it was not.
    var refusal: String? {
        guard word.isRefusal else { return nil }
        return details.first { $0.name == "reason" }?.value.text ?? word.rawValue
    }

    /// The results file's line.
    func write(row: Int, to bytes: inout [UInt8]) {
        let members = [JSON.Member("row", .integer(row)), JSON.Member("result", .string(word.rawValue))] + details
        JSON.object(members).write(to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }
}
