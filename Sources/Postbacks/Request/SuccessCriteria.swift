package import JSON

/// What a 2xx answer must fulfil to count as delivered: many trackers answer 200 to what they refuse.
package struct SuccessCriteria: Sendable, Hashable {
    /// Within 200–299.
    package var statuses: [ClosedRange<Int>]
    /// Looked for in the part of the body that is kept (4 KiB).
    package var bodyContains: String?
    package var bodyLacks: String?
    /// Whether an answer that does not fulfil it is tried again.
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

    /// What is not fulfilled, for people; nil when all is.
    func mismatch(status: Int, body: [UInt8]) -> String? {
        if !statuses.contains(where: { $0.contains(status) }) {
            return "status \(status) is not among those of successWhen (\(words.joined(separator: ", ")))"
        }
        if let bodyContains, !body.contains(sequence: bodyContains) {
            return "the body lacks what successWhen.bodyContains asks for"
        }
        if let bodyLacks, body.contains(sequence: bodyLacks) {
            return "the body contains what successWhen.bodyLacks rules out"
        }
        return nil
    }

    private var words: [String] {
        statuses.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
    }

    /// As it is stored and answered.
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
                    "statuses", .list(of: .statusRange, count: 1...100), default: SuccessCriteria.any2xx.statuses),
                bodyContains: fields.optional("bodyContains", .text(1...1024, controlCharacters: true)),
                bodyLacks: fields.optional("bodyLacks", .text(1...1024, controlCharacters: true)),
                retry: fields.optional("retry", .boolean, default: false))
        }
    }
}

extension Rule<ClosedRange<Int>> {
    /// `204` or `200-204`.
    fileprivate static var statusRange: Rule {
        Rule<String>.text(3...7).parsed(placeholder: 200...299, schema: ["pattern": "^2[0-9]{2}(-2[0-9]{2})?$"]) {
            text throws(Wrong) in
            var scanner = DigitScanner(text)
            if let low = scanner.number(3) {
                let high = scanner.take("-") ? scanner.number(3) : low
                if let high, scanner.isAtEnd, low >= 200, high <= 299, low <= high { return low...high }
            }
            throw Wrong("must be a status or range from 200 to 299, such as \"204\" or \"200-204\", not \"\(text)\"")
        }
    }
}
