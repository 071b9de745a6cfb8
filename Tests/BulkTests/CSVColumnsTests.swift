import FunctionRuntime
import JSON
import Testing

@testable import Bulk

struct CSVColumnsTests {
    @Test func `a header of very many columns is refused at once`() throws {
        let schema: JSON = [
            "type": "object",
            "properties": ["params": ["type": "object", "additionalProperties": ["type": "string"]]],
        ]
        func columns(_ count: Int) throws(FunctionError) -> CSVColumns {
            try CSVColumns(
                (0..<count).map { Array("params.p\($0)".utf8) }, schema: schema)
        }
        _ = try columns(1000)
        #expect(throws: FunctionError(.invalidRequest, "the file has 200000 columns; at most 1000 are allowed")) {
            try columns(200_000)
        }
    }
}
