import CGlibc
import Glibc

/// Signal handling of this process.
package enum Signals {
    /// Lets a write to a closed pipe or socket fail with EPIPE instead of ending the process.
    package static func ignorePipe() {
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Sends a signal; a negative id means a process group.
    /// - Returns: false if there is no such process or it belongs to another user.
    @discardableResult
    package static func send(_ signal: CInt, to process: CInt) -> Bool {
        kill(process, signal) == 0
    }
}

/// Signals as a descriptor to wait for. They are blocked in the calling thread and in the threads that it starts later,
/// so create this before any other thread. Children do not inherit the block.
package final class SignalDescriptor {
    /// Readable when a signal has arrived.
    package let descriptor: Descriptor

    package init(_ signals: [CInt]) throws(SystemError) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        let code = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        guard code == 0 else { throw SystemError(call: "pthread_sigmask", code: code) }
        let number = unsafe signalfd(-1, &set, CInt(SFD_CLOEXEC | SFD_NONBLOCK))
        guard number >= 0 else { throw .last("signalfd") }
        descriptor = Descriptor(owning: number)
    }

    /// The signals that arrived since the last call, at most 16. Several of one kind may be merged.
    package func readPending() throws(SystemError) -> [CInt] {
        let size = MemoryLayout<signalfd_siginfo>.size
        guard case .bytes(let bytes) = try descriptor.read(upTo: 16 * size) else { return [] }
        // The number is the first field, in the machine's byte order.
        return stride(from: 0, to: bytes.count, by: size).map { CInt(bytes[$0]) }
    }
}

extension SignalDescriptor {
    /// The signals that end a long-running program: TERM from a service manager, INT and QUIT from the keyboard, and
    /// HUP when a terminal closes, unless `nohup` made the program ignore it.
    package static func ofEnd() throws(SystemError) -> SignalDescriptor {
        try SignalDescriptor([SIGTERM, SIGINT, SIGQUIT] + (isIgnored(SIGHUP) ? [] : [SIGHUP]))
    }

    /// A signalfd reports a blocked signal even if its action is to ignore it, so the action must be checked.
    private static func isIgnored(_ signal: CInt) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(signal, nil, &action) == 0 else { return false }
        return unsafe is_ignoring(&action) != 0
    }
}
