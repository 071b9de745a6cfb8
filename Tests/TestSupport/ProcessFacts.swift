import System

extension LineProcess {
    /// The highest memory use of the process so far, in KiB.
    package func peakMemory() throws -> Int { try peakMemoryOfProcess(pid) }
}

/// The highest memory use of a process so far (VmHWM of proc(5)), in KiB.
package func peakMemoryOfProcess(_ pid: CInt) throws -> Int {
    let status = String(decoding: try FileSystem.read("/proc/\(pid)/status"), as: UTF8.self)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    guard let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
        throw DidNotHappen(description: "VmHWM of process \(pid)")
    }
    return kibibytes
}
