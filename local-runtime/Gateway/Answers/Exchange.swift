import Secrets
package import System
import Text

/// One request whose head has arrived, with the facts that follow from the head.
package struct Exchange: Sendable {
    package let request: Request
    /// The id of the request for logs and for the caller.
    package let id: String
    package let start: Instant
    /// Its route and its caller, or the reason why it is refused before its body is read.
    package let admission: Result<Admission, Refusal>

    package struct Admission: Sendable, Equatable {
        package let route: Route
        /// The caller; nil for a route that needs no key.
        package let caller: KeyRing.Caller?
    }

    /// The id that the caller has chosen, if it is a word that is safe in a log; otherwise a new one.
    static func id(of request: Request) -> String {
        guard let id = request["x-request-id"], (1...64).contains(id.utf8.count), id.utf8.allSatisfy(isOfID) else {
            return randomBytes(8).hexadecimal
        }
        return id
    }

    private static func isOfID(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
