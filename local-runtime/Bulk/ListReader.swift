package import FunctionRuntime
package import JSON
import Store

/// Reads pages of a list for people.
package struct ListReader {
    /// One page, its rows as values.
    package struct Result {
        /// The answer of the list function.
        package let answer: JSON
        package let rows: [JSON]
        /// Where the next page begins; nil at the end.
        package let next: String?
    }

    private let nextPage: ([JSON.Member]) throws(FunctionError) -> ListedPage

    package init(_ kind: ExportKind, _ settings: Settings) throws(FunctionError) {
        nextPage = try kind.makePages(
            try Database(settings, applicationName: "postbacks \(kind.rawValue)"), settings, isBrief: false)
    }

    /// `input` is the input of the list function.
    package func page(_ input: [JSON.Member]) throws(FunctionError) -> Result {
        let page = try nextPage(input)
        return Result(answer: page.json, rows: page.rows.map(\.parsed), next: page.next.text)
    }
}

extension JSON {
    /// The value of a row that comes as the JSON text of PostgreSQL.
    var parsed: JSON {
        guard case .encoded(let text) = self else { return self }
        return (try? JSON(parsing: Array(text.utf8), depth: .max)) ?? .null
    }
}
