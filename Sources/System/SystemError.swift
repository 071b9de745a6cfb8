import Glibc

/// A failed system call with its `errno`.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The call's name as in its manual page, optionally with its argument, such as `open /tmp/x`.
    package let call: String
    /// The value of `errno`.
    package let code: CInt

    package init(call: String, code: CInt) {
        self.call = call
        self.code = code
    }

    /// The error of the call that has just failed.
    package static func last(_ call: String) -> SystemError {
        SystemError(call: call, code: errno)
    }

    package var description: String { "\(call): \(reason)" }

    /// The system's text for the error, such as `No such file or directory`.
    package var reason: String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
