import Glibc

/// A system call that failed: which one, and its `errno`.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The call's name as in its manual page, e.g. `open /tmp/x`.
    package let call: String
    /// The value of `errno`.
    package let code: CInt

    package init(call: String, code: CInt) {
        self.call = call
        self.code = code
    }

    /// The failure of the call that has just returned -1.
    package static func last(_ call: String) -> SystemError {
        SystemError(call: call, code: errno)
    }

    package var description: String { "\(call): \(reason)" }

    /// What went wrong in the system's words, such as `No such file or directory`.
    package var reason: String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
