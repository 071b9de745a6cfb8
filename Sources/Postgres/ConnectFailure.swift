/// Classifies libpq's message about a failed attempt to connect. An error of the server contains its SQLSTATE behind
/// the severity (`FATAL:  28P01: …`); libpq's own errors consist of words only. `text` is the message, with one entry
/// for each attempt: a name may have several addresses and a connection string several hosts.
func connectFailure(of text: String) -> PostgresError {
    let attempts = text.split(separator: "connection to server ").filter { $0.contains(" failed:") }
    let message = text.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }.joined(separator: " ").inOneLine
    // No connection was attempted: a setting is wrong, and libpq's message names no host.
    guard !attempts.isEmpty else {
        if transientTexts.contains(where: text.contains) { return .unreachable(message) }
        return .unusable(message, message: message)
    }
    let refusals = attempts.map { Refusal(String($0)) }
    // If one of the hosts could not be reached, it is not certain that the login is wrong: that host might accept it.
    guard let last = refusals.last, let reason = last.reason, refusals.allSatisfy({ $0.reason != nil }) else {
        return .unreachable(message)
    }
    return .unusable(reason, sqlState: last.sqlState, message: message)
}

/// Messages of failures that are not the fault of a setting, although no connection was attempted.
private let transientTexts = ["could not translate host name", "out of memory", "could not create socket"]

/// The answer of one server.
private struct Refusal {
    let sqlState: String?
    /// The reason why every further attempt is refused; nil if a further attempt may succeed.
    let reason: String?

    init(_ text: String) {
        let state = Refusal.sqlState(in: text)
        sqlState = state
        reason =
            if let state, let known = Refusal.states[state] { known } else {
                Refusal.words.first { text.contains($0.words) }?.reason
            }
    }

    private static let login = "the server refuses the login: the user, the password or the client's address"
    private static let encryption = "the TLS configuration of the server or the client does not fit sslmode"

    /// SQLSTATEs of appendix A of PostgreSQL's manual.
    private static let states = [
        "28000": login, "28P01": login, "3D000": "the server has no such database",
        "42501": "the login may not connect to that database",
        "42704": "it sets a parameter that the server does not know",
        "22023": "it sets a parameter to a value that the server does not accept",
    ]

    /// Messages of libpq, and of PgBouncer, which uses 08P01 for everything.
    private static let words: [(words: String, reason: String)] = [
        ("no password supplied", login), ("authentication failed", login), ("no such user", login),
        ("no such database", "the server has no such database"), ("does not support SSL", encryption),
        ("certificate verify failed", encryption), ("does not match host name", encryption),
        ("root certificate file", encryption), ("could not read certificate file", encryption),
    ]

    /// Finds the SQLSTATE: five digits and capitals between two colons. The severity in front of it has no digit.
    private static func sqlState(in text: String) -> String? {
        text.split(separator: ": ").map { $0.drop { $0 == " " } }.first { piece in
            piece.utf8.count == 5 && piece.utf8.contains { (0x30...0x39).contains($0) }
                && piece.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
        }.map(String.init)
    }
}
