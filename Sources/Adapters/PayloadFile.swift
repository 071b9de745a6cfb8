/// Debian's `webhook`: standard input is empty, and a variable names a file with the request's body
/// (`pass-file-to-command` with `raw-request-body`). What the function prints and logs becomes one answer, so that it
/// logs nothing below a warning.
package struct PayloadFile: Sendable {
    package static let variable = "PAYLOAD_FILE"

    package let path: String

    /// - Returns: nil where no file is named.
    package init?(environment: [String: String]) {
        guard let path = environment[PayloadFile.variable], !path.isEmpty else { return nil }
        self.path = path
    }
}
