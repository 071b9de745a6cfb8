import JSON

/// One result of doctor.
struct Finding {
    let subject: String
    let state: State
    let message: String
    /// A command or statement that repairs it, to be copied.
    let remedy: String?

    enum State: String {
        case good
        /// Worth knowing; nothing has to be repaired.
        case notable
        case wrong
        /// The login lacks the right to see it.
        case unseen
    }

    static func good(_ subject: String, _ message: String) -> Finding {
        Finding(subject: subject, state: .good, message: message, remedy: nil)
    }

    static func notable(_ subject: String, _ message: String, run remedy: String? = nil) -> Finding {
        Finding(subject: subject, state: .notable, message: message, remedy: remedy)
    }

    static func wrong(_ subject: String, _ message: String, run remedy: String? = nil) -> Finding {
        Finding(subject: subject, state: .wrong, message: message, remedy: remedy)
    }

    static func unseen(_ subject: String) -> Finding {
        Finding(subject: subject, state: .unseen, message: "this login has no right to see it", remedy: nil)
    }

    var json: JSON {
        var members: [JSON.Member] = [
            JSON.Member("subject", .string(subject)), JSON.Member("state", .string(state.rawValue)),
            JSON.Member("message", .string(message)),
        ]
        if let remedy { members.append(JSON.Member("run", .string(remedy))) }
        return .object(members)
    }

    private func mark(inASCII: Bool) -> String {
        switch state {
        case .good: inASCII ? "ok" : "✓"
        case .notable: inASCII ? "! " : "!"
        case .wrong: inASCII ? "!!" : "✗"
        case .unseen: inASCII ? "- " : "-"
        }
    }

    private static let width = 80
    private static let subjectWidth = 15

    /// The text for a terminal of 80 columns. A remedy, and a path that is longer than a line, get a line of their own.
    /// `inASCII` says whether the marks are ASCII, for a terminal that has only that.
    func text(inASCII: Bool) -> String {
        let head = "\(mark(inASCII: inASCII)) \(subject.padded(to: Finding.subjectWidth)) "
        let room = Finding.width - head.count
        let margin = String(repeating: " ", count: head.count)
        var lines = Finding.wrapped(Terminal.safe(message), width: room)
        if let remedy { lines.append("run: \(remedy)") }
        let placed = lines.map { $0.count <= room ? margin + $0 : "  \($0)" }
        guard lines[0].count <= room else { return ([head.trimmed] + placed).joined(separator: "\n") }
        return ([head + lines[0]] + placed.dropFirst()).joined(separator: "\n")
    }

    /// The text in lines of at most this width. A longer word gets a line of its own.
    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines.isEmpty ? [""] : lines
    }
}

extension String {
    fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }

    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
