import Glibc
import System
import TestSupport

/// The CPU time and the memory of processes, as proc(5) has them.
enum ProcessTimes {
    /// The CPU time of a process and of its children that it has waited for, in microseconds. The kernel counts in ticks,
    /// most often of 10 ms. It is 0 for a process that is gone.
    static func cpu(_ process: CInt) -> Double {
        guard let bytes = try? FileSystem.read("/proc/\(process)/stat", limit: 4096) else { return 0 }
        // The name, in parentheses, may contain spaces. The twelfth to the fifteenth field after it are utime, stime,
        // cutime and cstime.
        let text = String(decoding: bytes, as: UTF8.self)
        let fields = (text.split(separator: ")").last ?? "").split(separator: " ")
        guard fields.count > 15 else { return 0 }
        return fields[11...14].compactMap { Double($0) }.reduce(0, +) / Double(sysconf(CInt(_SC_CLK_TCK))) * 1e6
    }

    /// The same for a process and all of its children that are still there.
    static func cpuOfTree(_ process: CInt) -> Double {
        cpu(process) + ChildProcesses.of(process).map(cpu).reduce(0, +)
    }

    /// A line of `/proc/<pid>/status`, such as `VmHWM`, in MiB.
    static func memory(_ process: CInt, _ name: String) throws -> Double {
        let text = String(decoding: try FileSystem.read("/proc/\(process)/status"), as: UTF8.self)
        for line in text.split(separator: "\n") where line.hasPrefix("\(name):") {
            if let kibibytes = Double(line.filter(\.isNumber)) { return kibibytes / 1024 }
        }
        throw DidNotHappen(description: "/proc says nothing of \(name)")
    }

    /// The CPU time of all children that this process has waited for so far, in microseconds.
    static func cpuOfEndedChildren() -> Double {
        var usage = rusage()
        unsafe getrusage(RUSAGE_CHILDREN.rawValue, &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    }
}
