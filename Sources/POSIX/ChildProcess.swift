import CSystem
import Glibc

/// A program that this process has started. It gets the three standard streams and no other descriptor, and takes
/// signals as if a shell had started it. Whoever starts it reaps it, with `poll` or `wait`.
package final class ChildProcess {
    /// What one of the standard streams of the child is.
    package enum Stream {
        case inherit
        case null
        /// The other end is here, in `input`, `output` or `errorOutput`.
        case pipe
        case descriptor(Descriptor)
    }

    package let pid: CInt
    /// The end of its standard input to write to, if that is a pipe. Set to nil to close it.
    package var input: Descriptor?
    /// The end of its standard output to read from, if that is a pipe.
    package var output: Descriptor?
    package var errorOutput: Descriptor?
    private let isGroup: Bool
    private var status: ExitStatus?

    /// Starts the program at a path.
    /// - Parameters:
    ///   - arguments: without the program's own name.
    ///   - environment: all the variables it gets; nil for those of this process.
    ///   - directory: where it starts; nil for where this process is.
    ///   - ownGroup: whether it leads a process group of its own, so that the terminal's Ctrl-C does not reach it.
    package init(
        _ path: String, _ arguments: [String] = [], environment: [String: String]? = nil, directory: String? = nil,
        input: Stream = .null, output: Stream = .inherit, errorOutput: Stream = .inherit, ownGroup: Bool = false
    ) throws(SystemError) {
        let ends = [
            try Ends(input, child: STDIN_FILENO), try Ends(output, child: STDOUT_FILENO),
            try Ends(errorOutput, child: STDERR_FILENO),
        ]
        // Whoever started this process may have left it ignored, and then there would be nothing to wait for.
        _ = signal(SIGCHLD, SIG_DFL)
        let variables = (environment ?? ProcessEnvironment.all).map { "\($0.key)=\($0.value)" }
        pid = try spawn(
            path, [path] + arguments, variables, directory: directory, streams: ends.map(\.child), ownGroup: ownGroup)
        self.input = ends[0].parent
        self.output = ends[1].parent
        self.errorOutput = ends[2].parent
        isGroup = ownGroup
    }

    /// How it ended; nil while it runs.
    package func poll() throws(SystemError) -> ExitStatus? {
        try reap(options: WNOHANG)
    }

    /// Waits until it has ended.
    @discardableResult
    package func wait() throws(SystemError) -> ExitStatus {
        while true {
            if let status = try reap(options: 0) { return status }
        }
    }

    /// Sends a signal unless it has been reaped; to its whole group if it leads one and `group` says so.
    package func terminate(_ signal: CInt = SIGTERM, group: Bool = false) {
        guard status == nil else { return }
        Signals.send(signal, to: group && isGroup ? -pid : pid)
    }

    private func reap(options: CInt) throws(SystemError) -> ExitStatus? {
        if let status { return status }
        var code: CInt = 0
        let result = unsafe waitpid(pid, &code, options)
        if result == 0 || (result < 0 && errno == EINTR) { return nil }
        guard result == pid else { throw .last("waitpid") }
        status = ExitStatus(waitStatus: code)
        return status
    }
}

extension ChildProcess {
    /// How a process ended.
    package enum ExitStatus: Equatable, Sendable, CustomStringConvertible {
        case exited(CInt)
        case signaled(CInt)

        package var description: String {
            switch self {
            case .exited(let code): "exit code \(code)"
            case .signaled(let signal): "signal \(signal)"
            }
        }

        fileprivate init(waitStatus: CInt) {
            let signal = waitStatus & 0x7f
            self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signaled(signal)
        }
    }
}

/// The two ends of one standard stream.
private struct Ends {
    let child: Descriptor
    var parent: Descriptor?

    init(_ stream: ChildProcess.Stream, child number: CInt) throws(SystemError) {
        switch stream {
        case .inherit: child = Descriptor(borrowing: number)
        case .descriptor(let descriptor): child = descriptor
        case .null:
            child = try Descriptor.open("/dev/null", number == STDIN_FILENO ? O_RDONLY : O_WRONLY)
        case .pipe:
            let pipe = try Descriptor.pipe()
            child = number == STDIN_FILENO ? pipe.read : pipe.write
            parent = number == STDIN_FILENO ? pipe.write : pipe.read
        }
    }
}

/// `posix_spawn`, with the three streams and nothing else open in the child.
private func spawn(
    _ path: String, _ arguments: [String], _ environment: [String], directory: String?, streams: [Descriptor],
    ownGroup: Bool
) throws(SystemError) -> CInt {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    var copies: [Descriptor] = []
    for (target, stream) in streams.enumerated() {
        var source = stream
        // One stream's own number may be another one's source; out of the way first.
        if stream.number < 3, stream.number != CInt(target) {
            source = try stream.duplicate()
            copies.append(source)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, source.number, CInt(target))
    }
    unsafe posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    if let directory { unsafe posix_spawn_file_actions_addchdir_np(&actions, directory) }

    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    let group = ownGroup ? CInt(POSIX_SPAWN_SETPGROUP) : 0
    unsafe posix_spawnattr_setflags(
        &attributes, Int16(CInt(POSIX_SPAWN_SETSIGDEF) | CInt(POSIX_SPAWN_SETSIGMASK) | group))

    var pid: pid_t = 0
    let code = unsafe withStringList(arguments) { arguments in
        unsafe withStringList(environment) { environment in
            unsafe posix_spawn(&pid, path, &actions, &attributes, arguments, environment)
        }
    }
    withExtendedLifetime((streams, copies)) {}
    guard code == 0 else { throw SystemError(call: "start \(path)", code: code) }
    return pid
}

/// Lends strings as C's list that ends with a null pointer.
private func withStringList<T>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T) -> T {
    let copies = unsafe strings.map { unsafe strdup($0) }
    defer {
        for index in strings.indices { unsafe free(copies[index]) }
    }
    return unsafe body(copies + [nil])
}
