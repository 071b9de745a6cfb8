import Postgres
import System
import TestSupport

/// The facts without which a figure means nothing.
enum Machine {
    static func facts(_ workbench: Workbench) throws -> [(name: String, value: String)] {
        let processor = line("/proc/cpuinfo", "model name") ?? "unknown"
        let cores = text("/proc/cpuinfo").split(separator: "\n").count { $0.hasPrefix("processor") }
        let server = try workbench.base.database.run("SHOW server_version").first?.text(0) ?? "unknown"
        let buffers = try workbench.base.database.run("SHOW shared_buffers").first?.text(0) ?? "unknown"
        let sync = try synced(workbench)
        return [
            ("processor", "\(processor), \(cores) cores"),
            ("memory", "\(Int(memoryMebibytes / 1024 + 0.5)) GiB"),
            ("kernel", text("/proc/sys/kernel/osrelease").trimmed),
            ("PostgreSQL", "\(server), shared_buffers \(buffers)"),
            ("Swift", swift),
            ("pg_test_fsync", sync),
            ("load at the beginning", loads),
            ("time", WallClock.rfc3339),
        ]
    }

    /// The average numbers of processes that wanted to run in the last 1, 5 and 15 minutes.
    static var loads: String { text("/proc/loadavg").split(separator: " ").prefix(3).joined(separator: ", ") }

    /// The size of the machine's memory.
    static var memoryMebibytes: Double {
        (line("/proc/meminfo", "MemTotal").flatMap { Double($0.filter(\.isNumber)) } ?? 0) / 1024
    }

    /// How long PostgreSQL's usual method takes to write 8 KiB durably.
    private static func synced(_ workbench: Workbench) throws -> String {
        let output = try Tools.run(
            try Tools.find("pg_test_fsync"), ["-s", "1", "-f", "\(workbench.folder)/pg_test_fsync"])
        // "        fdatasync                          1234.567 ops/sec     810 usecs/op", first for one write.
        guard
            let line = output.split(separator: "\n").first(where: { $0.contains(" fdatasync ") && $0.contains("ops") })
        else { return "it measured no fdatasync" }
        return line.split(separator: " ").joined(separator: " ")
    }

    private static var swift: String {
        let output = (try? Tools.run("/usr/bin/env", ["swift", "--version"])) ?? ""
        return output.split(separator: "\n").first.map(String.init) ?? "not in PATH"
    }

    private static func text(_ path: String) -> String {
        String(decoding: (try? FileSystem.read(path)) ?? [], as: UTF8.self)
    }

    /// The value of a line `name : value`.
    private static func line(_ path: String, _ name: String) -> String? {
        text(path).split(separator: "\n").first { $0.hasPrefix(name) }?.split(separator: ":").last
            .map { String($0).trimmed }
    }
}

extension String {
    fileprivate var trimmed: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
