import JSON
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct PageTests {
    @Test func `a page of large rows ends before it fills the memory, and the next one goes on`() throws {
        let installation = try Installation.make()
        try installation.configure()
        let long = JSON.string(String(repeating: "x", count: 900_000))
        for number in 1...20 {
            try installation.ask(
                "recordConversion",
                ["offerId": "o", "affiliateId": "a", "clickId": .string("c\(number)"), "params": ["long": long]])
        }
        var input: JSON = [:]
        var pages: [[String]] = []
        while pages.count < 20 {
            let page = try installation.ask("listConversions", input)
            pages.append((page["conversions"]?.items ?? []).compactMap { $0["clickId"]?.text })
            guard let next = page["next"], next != .null else { break }
            input = ["after": next]
        }
        #expect(pages.map(\.count) == [16, 4])
        #expect(pages.flatMap(\.self) == (1...20).map { "c\($0)" })
    }
}
