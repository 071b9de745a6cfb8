import CGlibc
import Glibc

/// The environment variables of this process.
package enum ProcessEnvironment {
    package static subscript(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// All variables. If a name occurs twice, the later value counts.
    package static var all: [String: String] {
        var variables: [String: String] = [:]
        guard var entry = unsafe current_environment() else { return variables }
        while let text = unsafe entry.pointee {
            let parts = unsafe String(cString: text)
                .split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            unsafe entry += 1
        }
        return variables
    }
}
