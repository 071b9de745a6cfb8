import Glibc

/// Signals that every program here treats alike.
package enum Signals {
    /// Lets a write to a pipe or socket without a reader fail with `EPIPE` instead of ending the process.
    package static func ignorePipe() {
        signal(SIGPIPE, SIG_IGN)
    }
}
