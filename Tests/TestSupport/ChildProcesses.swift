import System

/// The processes that another process has started and that run.
package enum ChildProcesses {
    /// The children of all threads of a process; none if it is gone.
    package static func of(_ process: CInt) -> [CInt] {
        let tasks = "/proc/\(process)/task"
        return FileSystem.names(in: tasks).flatMap { task -> [CInt] in
            let bytes = (try? FileSystem.read("\(tasks)/\(task)/children", limit: 1 << 20)) ?? []
            return String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { CInt($0) }
        }
    }
}
