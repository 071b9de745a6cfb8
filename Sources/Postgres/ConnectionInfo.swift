import CPostgres
import Glibc

/// A connection string that is checked before libpq gets it. libpq quotes in its messages what it takes for a host or a
/// port; the checks keep parts of a password out of them.
struct ConnectionInfo {
    let text: String
    /// The settings that the string itself names.
    private var given: [String: String] = [:]

    init(_ text: String) throws(PostgresError) {
        self.text = text
        guard let options = unsafe PQconninfoParse(text, nil) else {
            throw .malformedConnectionString("it is neither key=value pairs nor a postgresql:// URI that libpq knows")
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
            throw .malformedConnectionString("it has no valid port, or a password that is not percent-encoded")
        }
    }

    /// The limit for one attempt, in whole seconds from the string or `PGCONNECT_TIMEOUT`, or 10 s; nil for no limit.
    /// As in libpq, 0 means no limit and 1 becomes 2.
    var timeout: Duration? {
        let setting = given["connect_timeout"] ?? environment("PGCONNECT_TIMEOUT")
        guard let setting, let seconds = Int(setting) else { return .seconds(10) }
        return seconds > 0 ? .seconds(max(seconds, 2)) : nil
    }

    /// The hosts that libpq tries one after the other; one empty entry if the string has no list.
    var hosts: [Host] {
        let names = list("host", "PGHOST")
        let addresses = list("hostaddr", "PGHOSTADDR")
        let ports = list("port", "PGPORT")
        return (0..<max(names.count, addresses.count)).map { index in
            Host(
                name: index < names.count ? names[index] : "",
                address: index < addresses.count ? addresses[index] : "",
                port: index < ports.count ? ports[index] : ports[0])
        }
    }

    private func list(_ keyword: String, _ variable: String) -> [String] {
        let value = given[keyword] ?? environment(variable) ?? ""
        return value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// Keywords and values for `PQconnectStartParams` with `expand_dbname`. The string overrides the defaults in front
    /// of it, and fixed values behind it override the string. `hosts` contains the hosts that are still to be tried.
    func parameters(applicationName: String, hosts: [Host]) -> [(keyword: String, value: String)] {
        var parameters = [
            ("fallback_application_name", applicationName),
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "60000"),
            ("dbname", text),
            ("client_encoding", "UTF8"),
        ]
        // libpq chooses the writable host among several, unless a setting says otherwise.
        if self.hosts.count > 1, given["target_session_attrs"] == nil, environment("PGTARGETSESSIONATTRS") == nil {
            parameters.append(("target_session_attrs", "read-write"))
        }
        guard hosts.count < self.hosts.count else { return parameters }
        let lists = [
            ("host", hosts.map(\.name)), ("hostaddr", hosts.map(\.address)), ("port", hosts.map(\.port)),
        ]
        // libpq would count a list that has only empty entries as a list with a wrong number of entries.
        return parameters
            + lists.filter { !$0.1.allSatisfy(\.isEmpty) }.map { ($0.0, $0.1.joined(separator: ",")) }
    }
}

/// One of the hosts that a connection string names, as it is written there.
struct Host: Equatable {
    let name: String
    let address: String
    let port: String
}

private func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
}
