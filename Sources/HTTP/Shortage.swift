import Egress
import Glibc

/// Something that this system has none left of, by the error of `socket` or `connect` (`man 2 socket`, `man 2 connect`).
enum Shortage: Error, CustomStringConvertible {
    /// The process's or the system's limit of open files.
    case descriptors
    /// All local ports to that address are in use.
    case ports
    case memory

    /// Nil for an error that says something of the other end.
    /// - Parameter address: that was dialled; a system without IPv6 says of each such address what it says of ports.
    init?(_ code: CInt, dialling address: IPAddress? = nil) {
        switch code {
        case EMFILE, ENFILE: self = .descriptors
        case EADDRNOTAVAIL where address?.family != .v6: self = .ports
        case ENOBUFS, ENOMEM: self = .memory
        default: return nil
        }
    }

    var description: String {
        switch self {
        case .descriptors: "no file descriptor is left for a connection (ulimit -n)"
        case .ports: "no local port is left for a connection"
        case .memory: "the system has no memory left for a connection"
        }
    }
}
