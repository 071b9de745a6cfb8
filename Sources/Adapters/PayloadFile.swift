/// Debian's `webhook`: standard input is empty, and a variable names a file with the request's body
/// (`pass-file-to-command` with `raw-request-body`). The answer consists of the function's output and its log together,
/// so the function logs only warnings and errors.
package struct PayloadFile: Sendable {
    package static let variable = "PAYLOAD_FILE"

    package let path: String

    /// - Returns: nil where no file is named.
    package init?(environment: [String: String]) {
        guard let path = environment[PayloadFile.variable], !path.isEmpty else { return nil }
        self.path = path
    }
}
