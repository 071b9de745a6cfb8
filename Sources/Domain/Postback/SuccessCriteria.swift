package import Input
import JSON

/// The conditions under which an answer counts as delivered: many trackers answer 200 to what they refuse, and some
/// answer 302 or 409 to what they have accepted.
package struct SuccessCriteria: Sendable, Hashable {
    /// Ranges within 200–499. A status in them counts as success, whatever it means otherwise. A 2xx that is not in
    /// them is a mismatch.
    package var statuses: [ClosedRange<Int>]
    /// The text that the kept part of the body (4 KiB) must contain.
    package var bodyContains: String?
    package var bodyLacks: String?
    /// Whether an answer that does not fulfil the criteria is tried again.
    package var retry: Bool

    package init(
        statuses: [ClosedRange<Int>] = [200...299], bodyContains: String? = nil, bodyLacks: String? = nil,
        retry: Bool = false
    ) {
        self.statuses = statuses
        self.bodyContains = bodyContains
        self.bodyLacks = bodyLacks
        self.retry = retry
    }

    package static let any2xx = SuccessCriteria()

    /// Whether the criteria depend on the body.
    package var looksIntoBody: Bool { bodyContains != nil || bodyLacks != nil }

    /// Whether these criteria decide what an answer with this status means.
    func judges(_ status: Int) -> Bool { (200...299).contains(status) || names(status) }

    private func names(_ status: Int) -> Bool { statuses.contains { $0.contains(status) } }

    enum Verdict: Equatable {
        case fulfilled
        /// A message that says what is not fulfilled.
        case mismatch(String)
        /// The part of the body that is missing would decide.
        case undecided
    }

    /// `isWhole` says whether the whole body came, or as much of it as is kept.
    func verdict(status: Int, body: [UInt8], isWhole: Bool) -> Verdict {
        guard names(status) else {
            return .mismatch("status \(status) is not among those of successWhen (\(words.joined(separator: ", ")))")
        }
        if let bodyLacks, body.contains(sequence: bodyLacks) {
            return .mismatch("the body contains the text of successWhen.bodyLacks")
        }
        if let bodyContains, !body.contains(sequence: bodyContains) {
            return isWhole ? .mismatch("the body does not contain the text of successWhen.bodyContains") : .undecided
        }
        return bodyLacks == nil || isWhole ? .fulfilled : .undecided
    }

    private var words: [String] {
        statuses.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
    }

    /// The criteria as they are stored and answered.
    var json: JSON {
        [
            "statuses": .array(words.map(JSON.string)), "bodyContains": .optional(bodyContains),
            "bodyLacks": .optional(bodyLacks), "retry": .bool(retry),
        ]
    }
}

extension [UInt8] {
    fileprivate func contains(sequence text: String) -> Bool {
        ByteMatcher(CollectionOfOne(Array(text.utf8))).occurs(in: self)
    }
}

extension Rule<SuccessCriteria> {
    package static var successWhen: Rule {
        object { fields in
            SuccessCriteria(
                statuses: fields.optional(
                    "statuses", .list(of: .statusRange, count: 1...100), default: SuccessCriteria.any2xx.statuses,
                    "The statuses that count as delivered; without it, 200 to 299."),
                bodyContains: fields.optional(
                    "bodyContains", .text(1...1024, controlCharacters: true),
                    "A text that the answer's body must contain, within its first 4 KiB."),
                bodyLacks: fields.optional(
                    "bodyLacks", .text(1...1024, controlCharacters: true),
                    "A text that the answer's body must not contain, within its first 4 KiB."),
                retry: fields.optional(
                    "retry", .boolean, default: false,
                    "Whether the delivery is tried again after an answer that does not fulfil this; otherwise it has failed."
                ))
        }
    }
}

extension Rule<ClosedRange<Int>> {
    /// A status or a range: `204` or `200-204`.
    fileprivate static var statusRange: Rule {
        Rule<String>.text(3...7).parsed(placeholder: 200...299, schema: statusSchema) {
            text throws(Invalid) in
            var scanner = DigitScanner(text)
            if let low = scanner.number(3) {
                let high = scanner.consume("-") ? scanner.number(3) : low
                if let high, scanner.isAtEnd, low >= 200, high <= 499, low <= high { return low...high }
            }
            throw Invalid(
                "must be a status or range from 200 to 499, such as \"204\", \"200-204\" or \"409\", not \"\(text)\"")
        }
    }

    private static var statusSchema: JSON {
        [
            "title": "\"204\" or \"200-204\"", "pattern": "^[2-4][0-9]{2}(-[2-4][0-9]{2})?$",
            "description":
                "A status from 200 to 499, or a range. An answer with one of these statuses counts as delivered, even a 302 or 409.",
        ]
    }
}
