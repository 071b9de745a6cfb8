import Egress
import Glibc

/// A resource that this system has run out of, from the error of `socket` or `connect` (`man 2 socket`, `man 2
/// connect`).
enum Shortage: Error, CustomStringConvertible {
    /// The process or the system has reached its limit of open files.
    case descriptors
    /// All local ports to that address are in use.
    case ports
    case memory

    /// Returns nil for an error that says something about the other end. `address` is the dialled address. Without
    /// IPv6, a system reports EADDRNOTAVAIL for every IPv6 address, so it does not count as a lack of ports then.
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
