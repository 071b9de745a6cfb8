import Glibc
import System

/// A deliverPostback whose program has been replaced. It gets no further lines, and ends once it has answered those that
/// it has.
final class FormerProcess {
    private let process: WarmProcess
    /// The ids of the lines that it had when it was replaced. Some of them may be answered.
    let ids: Set<String>
    private var isKilled = false

    init(_ process: WarmProcess, with ids: Set<String>) {
        self.process = process
        self.ids = ids
    }

    var interests: [Interest] { process.interests }

    /// Bytes of its lines that the pipe has not taken yet.
    var unwrittenBytes: Int { process.unwrittenBytes }

    /// Writes the rest of its lines, and reads its answers.
    /// - Returns: how it ended; nil while it runs.
    func advance(_ handle: (ArraySlice<UInt8>) -> Void) -> ChildProcess.ExitStatus? {
        do throws(SystemError) {
            try process.write()
            if process.unwrittenBytes == 0 { process.closeInput() }
        } catch {
            kill()
        }
        let isGone = isKilled && (try? process.poll()) != nil
        do { try process.read(handle) } catch { process.closeOutput() }
        if process.hasOverlongLine { kill() }
        if isGone { process.closeOutput() }
        guard !process.isOpen else { return nil }
        process.terminate(SIGKILL)
        return try? process.finish()
    }

    /// Kills the process and its children; `advance` reports its end.
    func kill() {
        isKilled = true
        process.terminate(SIGKILL)
    }
}
