import CGlibc
import Glibc

/// A program that this process has started. It inherits only the three standard streams, and its signals have the
/// default handling, as if a shell had started it. The caller must reap it with `poll` or `wait`.
package final class ChildProcess {
    /// The source of one of the child's standard streams.
    package enum Stream {
        case inherit
        case null
        /// The other end is in `input`, `output` or `errorOutput`.
        case pipe
        case descriptor(Descriptor)
    }

    package let pid: CInt
    /// The write end of the child's standard input if that is a pipe. Setting it to nil closes it.
    package var input: Descriptor?
    /// The read end of the child's standard output if that is a pipe.
    package var output: Descriptor?
    package var errorOutput: Descriptor?
    private let isGroup: Bool
    private var status: ExitStatus?
    /// The peak memory of the program in bytes; nil while it runs. It includes the memory that was shared with this
    /// process before the program started, so it is never less than the memory of this process.
    package private(set) var peakMemory: Int?

    /// Starts a program. `path` is the path of the program. `arguments` are the arguments without the program's own
    /// name. `environment` contains all variables of the child; nil means those of this process. `directory` is the
    /// child's working directory; nil means that of this process. `ownGroup` says whether the child leads a new process
    /// group, so that the terminal's Ctrl-C does not reach it.
    package init(
        _ path: String, _ arguments: [String] = [], environment: [String: String]? = nil, directory: String? = nil,
        input: Stream = .null, output: Stream = .inherit, errorOutput: Stream = .inherit, ownGroup: Bool = false
    ) throws(SystemError) {
        let ends = [
            try Ends(input, child: STDIN_FILENO), try Ends(output, child: STDOUT_FILENO),
            try Ends(errorOutput, child: STDERR_FILENO),
        ]
        // This process may have inherited an ignored SIGCHLD, and then `wait4` would have nothing to return.
        _ = signal(SIGCHLD, SIG_DFL)
        let variables = (environment ?? ProcessEnvironment.all).map { "\($0.key)=\($0.value)" }
        pid = try spawn(
            path, [path] + arguments, variables, directory: directory, streams: ends.map(\.child), ownGroup: ownGroup)
        self.input = ends[0].parent
        self.output = ends[1].parent
        self.errorOutput = ends[2].parent
        isGroup = ownGroup
    }

    /// The exit status; nil while the program runs.
    package func poll() throws(SystemError) -> ExitStatus? {
        try reap(options: WNOHANG)
    }

    /// Waits until the program has ended.
    @discardableResult
    package func wait() throws(SystemError) -> ExitStatus {
        while true {
            if let status = try reap(options: 0) { return status }
        }
    }

    /// Sends a signal if the program has not been reaped yet. With `group` the signal goes to the whole process group,
    /// if the program leads one.
    package func terminate(_ signal: CInt = SIGTERM, group: Bool = false) {
        guard status == nil else { return }
        Signals.send(signal, to: group && isGroup ? -pid : pid)
    }

    private func reap(options: CInt) throws(SystemError) -> ExitStatus? {
        if let status { return status }
        var code: CInt = 0
        var usage = rusage()
        let result = unsafe wait4(pid, &code, options, &usage)
        if result == 0 || (result < 0 && errno == EINTR) { return nil }
        guard result == pid else { throw .last("wait4") }
        status = ExitStatus(waitStatus: code)
        peakMemory = Int(clamping: usage.ru_maxrss).multipliedReportingOverflow(by: 1024).partialValue
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

/// The child's and this process's ends of one standard stream.
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

/// Calls `posix_spawn` so that only the three streams are open in the child.
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
        // A source with the number of another stream would be overwritten, so it is duplicated first.
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

/// Lends the strings as a C array that ends with a null pointer.
private func withStringList<T>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T) -> T {
    let copies = unsafe strings.map { unsafe strdup($0) }
    defer {
        for index in strings.indices { unsafe free(copies[index]) }
    }
    return unsafe body(copies + [nil])
}

extension ChildProcess {
    /// The exit status and the output of a program that has ended.
    package struct Outcome: Sendable {
        package let status: ExitStatus
        package let output: [UInt8]
        package let errorOutput: [UInt8]

        package var text: String { String(decoding: output, as: UTF8.self) }
        package var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
    }

    /// Runs a program, writes `input` to its standard input, and returns when it has closed its output and ended. The
    /// output is kept in memory without a limit. The call makes this process ignore SIGPIPE permanently, because a
    /// program need not read its input. After `timeout` the program is killed; nil means no limit.
    package static func run(
        _ path: String, _ arguments: [String] = [], environment: [String: String]? = nil, directory: String? = nil,
        input: [UInt8] = [], timeout: Duration? = nil
    ) throws(SystemError) -> Outcome {
        Signals.ignorePipe()
        let child = try ChildProcess(
            path, arguments, environment: environment, directory: directory, input: .pipe, output: .pipe,
            errorOutput: .pipe)
        do {
            return try child.finish(input: input, deadline: timeout.map { Instant.now + $0 })
        } catch {
            child.terminate(SIGKILL)
            try child.wait()
            throw error
        }
    }

    private func finish(input bytes: [UInt8], deadline: Instant?) throws(SystemError) -> Outcome {
        var printed: (output: [UInt8], errorOutput: [UInt8]) = ([], [])
        var rest = bytes[...]
        if rest.isEmpty { input = nil }
        try input?.setNonBlocking()
        while output != nil || errorOutput != nil {
            let interests = [output.map(Interest.read), errorOutput.map(Interest.read), input.map(Interest.write)]
            let left = deadline?.remaining
            if left == .zero {
                terminate(SIGKILL)
                break
            }
            let ready = try System.wait(for: interests.compactMap(\.self), atMost: left)
            var isReady = ready.makeIterator()
            if interests[0] != nil, isReady.next() == true { try drain(\.output, into: &printed.output) }
            if interests[1] != nil, isReady.next() == true { try drain(\.errorOutput, into: &printed.errorOutput) }
            if interests[2] != nil, isReady.next() == true { try feed(&rest) }
        }
        input = nil
        return Outcome(status: try wait(), output: printed.output, errorOutput: printed.errorOutput)
    }

    private func drain(
        _ end: ReferenceWritableKeyPath<ChildProcess, Descriptor?>, into bytes: inout [UInt8]
    ) throws(SystemError) {
        switch try self[keyPath: end]?.read(upTo: 65536) {
        case .bytes(let more): bytes += more
        case .end, nil: self[keyPath: end] = nil
        case .wouldBlock: break
        }
    }

    /// Writes as much as the pipe accepts. Closes it after the last byte, or when the program has closed its end.
    private func feed(_ rest: inout ArraySlice<UInt8>) throws(SystemError) {
        do {
            rest = rest.dropFirst(try input?.writeSome(rest) ?? 0)
        } catch {
            guard error.code == EPIPE else { throw error }
            rest = []
        }
        if rest.isEmpty { input = nil }
    }
}
