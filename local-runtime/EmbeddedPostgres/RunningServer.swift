import Glibc
import System

/// A server that runs on a cluster, whichever process started it.
struct RunningServer {
    let process: CInt
    let isReady: Bool

    /// Reads `postmaster.pid`. Nil if there is none, or if the process that it names is another one: the current folder
    /// of a server is its cluster.
    init?(cluster: String) {
        guard let bytes = try? FileSystem.read("\(cluster)/postmaster.pid") else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard let number = lines.first.flatMap({ CInt($0) }), number > 0,
            FileSystem.resolve("/proc/\(number)/cwd") == cluster
        else { return nil }
        process = number
        isReady = lines.count > 7 && lines[7].hasPrefix("ready")
    }

    /// Stops a server that is not this process's child, and waits until it is gone.
    func stop() throws(EmbeddedServerError) {
        for signal in [SIGINT, SIGQUIT, SIGKILL] {
            Signals.send(signal, to: process)
            for _ in 0..<600 {
                // A process that has ended and was not reaped has no current folder either.
                if FileSystem.resolve("/proc/\(process)/cwd") == nil { return }
                pause(for: .milliseconds(50))
            }
        }
        throw .didNotStop(process: process)
    }
}

func pause(for duration: Duration) {
    _ = try? wait(for: [], atMost: duration)
}
