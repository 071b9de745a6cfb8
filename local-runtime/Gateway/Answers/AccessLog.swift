import FunctionRuntime
import JSON
package import Logging
import Synchronization
package import System

/// Writes a line to the log for each request. A thread of its own writes many lines at once, so that logging costs a
/// request no system call, and a log that is read slowly delays no request. Lines for which there is no room are left
/// out and counted.
package final class AccessLog: Sendable {
    /// The facts of a request that are logged. Its query, its body and its key are not among them.
    package struct Entry {
        let bytes: Int
        let id: String
        /// The name of the key.
        let key: String?
        let method: String
        let milliseconds: Int
        let route: String
        let status: Int

        package init(
            bytes: Int, id: String, key: String?, method: String, milliseconds: Int, route: String, status: Int
        ) {
            self.bytes = bytes
            self.id = id
            self.key = key
            self.method = method
            self.milliseconds = milliseconds
            self.route = route
            self.status = status
        }
    }

    private struct Waiting {
        var lines: [[UInt8]] = []
        var bytes = 0
        /// The number of lines that were left out.
        var omitted = 0
        /// Whether the thread sleeps and must be woken.
        var isAsleep = false
        var isWriting = false
    }

    private let label: String
    private let output: Descriptor
    private let waiting = Mutex(Waiting())
    private let waking: (read: Descriptor, write: Descriptor)

    /// The bytes of lines that may wait.
    private static let limit = 1 << 20
    /// The time for which a line waits for further ones.
    private static let gathering: Duration = .milliseconds(5)
    /// A pipe takes this number of bytes in one piece (PIPE_BUF), so that lines of other writers do not get between
    /// them.
    private static let pieceLimit = 4096

    /// Nil if the logger's level leaves these lines out.
    /// - Throws: an error if there is no descriptor or no thread left.
    package init?(_ logger: Logger, to output: Descriptor = .standardError) throws(SystemError) {
        guard logger.logLevel <= .info else { return nil }
        label = logger.label
        self.output = output
        let pipe = try Descriptor.pipe()
        try pipe.read.setNonBlocking()
        try pipe.write.setNonBlocking()
        waking = (read: pipe.read, write: pipe.write)
        let isStarted = detachThread { [self] in
            while true { writeOrSleep() }
        }
        guard isStarted else { throw SystemError(call: "pthread_create", code: 11) }
    }

    package func add(_ entry: Entry) {
        var values = [JSON.Member("bytes", .string("\(entry.bytes)")), JSON.Member("id", .string(entry.id))]
        if let key = entry.key { values.append(JSON.Member("key", .string(key))) }
        values += [
            JSON.Member("method", .string(String(entry.method.prefix(16)))),
            JSON.Member("milliseconds", .string("\(entry.milliseconds)")),
            JSON.Member("route", .string(entry.route)), JSON.Member("status", .string("\(entry.status)")),
        ]
        let line = LogLine.bytes(.info, from: label, "a request", values)
        let isAsleep = waiting.withLock { waiting in
            if waiting.bytes + line.count <= AccessLog.limit {
                waiting.lines.append(line)
                waiting.bytes += line.count
            } else {
                waiting.omitted += 1
            }
            defer { waiting.isAsleep = false }
            return waiting.isAsleep
        }
        if isAsleep { _ = try? waking.write.writeSome([1]) }
    }

    private func writeOrSleep() {
        let (lines, omitted) = waiting.withLock { waiting in
            defer {
                waiting.isWriting = !waiting.lines.isEmpty
                waiting.isAsleep = waiting.lines.isEmpty
                (waiting.lines, waiting.bytes, waiting.omitted) = ([], 0, 0)
            }
            return (waiting.lines, waiting.omitted)
        }
        guard !lines.isEmpty else {
            _ = try? wait(for: [.read(waking.read)], atMost: nil)
            _ = try? waking.read.read(upTo: 64)
            // Further lines collect meanwhile, so that not each of them wakes the thread.
            _ = try? wait(for: [], atMost: AccessLog.gathering)
            return
        }
        var piece: [UInt8] = []
        for line in lines {
            if piece.count + line.count > AccessLog.pieceLimit { write(&piece) }
            piece += line
        }
        write(&piece)
        if omitted > 0 {
            piece = LogLine.bytes(
                .warning, from: label, "requests are missing here, because the log is read too slowly",
                [JSON.Member("count", .string("\(omitted)"))])
            write(&piece)
        }
    }

    /// If the log cannot be written, there is nowhere to report that.
    private func write(_ piece: inout [UInt8]) {
        try? output.writeAll(piece)
        piece.removeAll(keepingCapacity: true)
    }

    /// Waits until all lines are written, at most for this time.
    package func finish(within patience: Duration) {
        let deadline = Instant.now + patience
        while waiting.withLock({ !$0.lines.isEmpty || $0.isWriting }), Instant.now < deadline {
            _ = try? wait(for: [], atMost: .milliseconds(5))
        }
    }
}
