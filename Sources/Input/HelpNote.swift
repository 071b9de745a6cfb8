/// A section of `--help` that explains names.
package struct HelpNote: Sendable {
    package let title: String
    package let rows: [(name: String, text: String)]

    package init(_ title: String, _ rows: [(name: String, text: String)]) {
        self.title = title
        self.rows = rows
    }
}
