import CPostgres
import Glibc

/// Owns a `PGconn`, even one that failed to connect.
@safe final class ConnectionHandle {
    let pointer: OpaquePointer
    private let notices = Notices()

    /// Starts to connect, without waiting.
    init(_ parameters: [(keyword: String, value: String)]) throws(PostgresError) {
        let keywords = unsafe parameters.map { unsafe strdup($0.keyword) }
        let values = unsafe parameters.map { unsafe strdup($0.value) }
        defer {
            for index in parameters.indices {
                unsafe free(keywords[index])
                unsafe free(values[index])
            }
        }
        let keywordList = unsafe keywords.map { unsafe UnsafePointer($0) } + [nil]
        let valueList = unsafe values.map { unsafe UnsafePointer($0) } + [nil]
        guard let pointer = unsafe PQconnectStartParams(keywordList, valueList, 1) else {
            throw .unreachable("out of memory")
        }
        unsafe self.pointer = pointer
        unsafe PQsetNoticeReceiver(
            pointer,
            { context, notice in
                guard let context = unsafe context, let notice = unsafe notice else { return }
                unsafe Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue().add(notice)
            }, Unmanaged.passUnretained(notices).toOpaque())
        if unsafe PQstatus(pointer) == CONNECTION_BAD { throw connectFailure(of: rawMessage) }
        // The verbose text contains the SQLSTATE; libpq offers no other access to it while connecting.
        unsafe PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
    }

    deinit {
        unsafe PQfinish(pointer)
    }

    var socket: CInt { unsafe PQsocket(pointer) }
    /// The host, address or socket directory of the present attempt or of the connection.
    var host: String { unsafe text(PQhost(pointer)) }
    var port: String { unsafe text(PQport(pointer)) }
    var isUsable: Bool { unsafe PQstatus(pointer) == CONNECTION_OK }

    /// libpq's last message, in one line.
    var message: String {
        let message = rawMessage.inOneLine
        return message.isEmpty ? "the connection to the database was lost" : message
    }

    /// libpq's text as it is: one entry for each attempt to connect, over several lines.
    var rawMessage: String { unsafe text(PQerrorMessage(pointer)) }

    /// Returns to messages of normal length after the attempt to connect.
    func isConnected() {
        unsafe PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
    }

    /// The message with which the server ended the session while nothing was under way.
    var farewell: String? { notices.farewell }

    private func text(_ pointer: UnsafePointer<CChar>?) -> String {
        unsafe pointer.map { unsafe String(cString: $0) } ?? ""
    }

    func takeNotices() -> [String] { notices.removeAll() }

    /// The warning that a commit since the last call did not wait until the synchronous standby had it; else nil.
    func takeUnconfirmedCommit() -> String? { notices.takeUnconfirmedCommit() }
}

/// The server's notices and warnings, which libpq would otherwise print to stderr.
private final class Notices {
    private var texts: [String] = []
    private(set) var farewell: String?
    private var unconfirmedCommit: String?

    /// `notice` is a `PGresult` that stays libpq's own.
    func add(_ notice: OpaquePointer) {
        guard let message = unsafe PQresultErrorMessage(notice) else { return }
        let text = unsafe String(cString: message).inOneLine
        if text.hasPrefix("FATAL") { farewell = text }
        // The server's message is translated, and its SQLSTATE is that of any warning. The function that reports it has
        // had this name since PostgreSQL 9.1.
        if unsafe ResultHandle.text(.sourceFunction, of: notice) == "SyncRepWaitForLSN" { unconfirmedCommit = text }
        guard texts.count < 100 else { return }
        texts.append(text)
    }

    func takeUnconfirmedCommit() -> String? {
        defer { unconfirmedCommit = nil }
        return unconfirmedCommit
    }

    func removeAll() -> [String] {
        defer { texts = [] }
        return texts
    }
}
