import CPostgres
import Glibc

/// A connection string that has been looked at before libpq gets it, so that no part of a password can end up in
/// one of libpq's messages: it quotes what it takes for a host or a port.
struct ConnectionInfo {
    let text: String
    /// The settings that the string itself names.
    private var given: [String: String] = [:]

    init(_ text: String) throws(PostgresError) {
        self.text = text
        guard let options = unsafe PQconninfoParse(text, nil) else {
            throw .unreachable("the connection string is neither key=value pairs nor a postgresql:// URI")
        }
        defer { unsafe PQconninfoFree(options) }
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                unsafe given[String(cString: keyword)] = String(cString: value)
            }
            unsafe option += 1
        }
        let isURI = text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
        let portIsNumeric = given["port", default: ""].utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ",")
        }
        let hasStrayAt = isURI && ["host", "dbname"].contains { given[$0, default: ""].contains("@") }
        guard portIsNumeric, !hasStrayAt else {
            throw .unreachable("the connection string has no valid port, or a password that is not percent-encoded")
        }
    }

    /// Seconds for one attempt, from the string, `PGCONNECT_TIMEOUT`, or 10. As in libpq 0 means for ever; 1 becomes 2.
    var timeoutSeconds: Int {
        let setting = given["connect_timeout"] ?? environment("PGCONNECT_TIMEOUT")
        guard let setting, let seconds = Int(setting) else { return 10 }
        return seconds == 1 ? 2 : max(seconds, 0)
    }

    /// Keywords and values for `PQconnectStartParams` with `expand_dbname`: what the string says comes after the
    /// defaults and before what must be so.
    func parameters(applicationName: String) -> [(keyword: String, value: String)] {
        [
            ("fallback_application_name", applicationName),
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "60000"),
            ("dbname", text),
            ("client_encoding", "UTF8"),
        ]
    }
}

private func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
}
