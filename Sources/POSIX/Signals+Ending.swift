import CSystem
import Glibc

extension SignalDescriptor {
    /// The signals that end a program that runs until it is told to: of a service manager (TERM), of the keyboard (INT, QUIT),
    /// and of a terminal that goes (HUP), unless `nohup` has made the program indifferent to that.
    package static func ofEnd() throws(SystemError) -> SignalDescriptor {
        try SignalDescriptor([SIGTERM, SIGINT, SIGQUIT] + (isIgnored(SIGHUP) ? [] : [SIGHUP]))
    }

    /// A signal that is waited for would come although it is ignored.
    private static func isIgnored(_ signal: CInt) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(signal, nil, &action) == 0 else { return false }
        return unsafe is_ignoring(&action) != 0
    }
}
