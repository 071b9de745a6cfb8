import CSystem
import Glibc

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
