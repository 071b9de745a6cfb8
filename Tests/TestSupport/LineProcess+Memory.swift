import POSIX

extension LineProcess {
    /// The most memory that it has had at any time, in KiB.
    package func peakMemory() throws -> Int { try peakMemoryOfProcess(pid) }
}

/// The most memory that a process has had at any time (VmHWM of proc(5)), in KiB.
package func peakMemoryOfProcess(_ pid: CInt) throws -> Int {
    let status = String(decoding: try FileSystem.read("/proc/\(pid)/status"), as: UTF8.self)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    guard let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
        throw DidNotHappen(description: "VmHWM of process \(pid)")
    }
    return kibibytes
}
