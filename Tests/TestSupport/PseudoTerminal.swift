package import System

/// Runs programs on a pseudo-terminal.
package enum PseudoTerminal {
    /// Runs a program until it ends with its three streams on a terminal, and returns its output. `environment` is all
    /// variables of the program, in addition to those of this process that do not describe its own terminal.
    package static func run(
        _ program: String, _ arguments: [String], columns: Int = 80, environment: [String: String],
        directory: String? = nil
    ) throws -> ChildProcess.Outcome {
        let own = ["TERM", "COLUMNS", "LINES", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE"]
        // Without this, Python would change the locale C for the programs that it starts.
        let usual = ["TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONCOERCECLOCALE": "0"]
        let variables = Programs.environment().filter { !own.contains($0.key) }
            .merging(usual) { $1 }.merging(environment) { $1 }
        return try ChildProcess.run(
            try Python.interpreter(with: "pty"), ["-c", script, String(columns), program] + arguments,
            environment: variables, directory: directory, timeout: .seconds(300))
    }

    private static let script = """
        import fcntl, os, pty, struct, sys, termios
        pid, terminal = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
            os.execv(sys.argv[2], sys.argv[2:])
        shown = b""
        while True:
            try:
                more = os.read(terminal, 65536)
            except OSError:
                break
            if not more:
                break
            shown += more
        status = os.waitpid(pid, 0)[1]
        sys.stdout.buffer.write(shown.replace(b"\\r\\n", b"\\n"))
        sys.stdout.flush()
        sys.exit(os.waitstatus_to_exitcode(status))
        """
}
