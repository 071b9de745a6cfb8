import Input
import JSON
import Testing

@testable import Domain

@Suite struct SchemaTests {
    @Test func `the schema names every setting, and a caller's has no sealed ones`() throws {
        let caller = Rule<RequestTemplate>.object { fields in RequestTemplate(&fields, from: .caller) }.schema
        let names: [String] =
            if case .object(let members)? = caller["properties"] { members.map(\.name) } else { [] }
        #expect(
            names == [
                "url", "httpType", "basicAuth", "requestParams", "requestHeaders", "signingSecret", "omitEmptyParams",
                "skipWhenEmpty", "successWhen",
            ])
        #expect(caller["required"] == ["url", "httpType"])
        #expect(!caller.encodedText.contains("sealed"))
        let store = Rule<RequestTemplate>.object { fields in RequestTemplate(&fields, from: .store) }.schema
        #expect(store.encodedText.contains("sealed"))
        #expect(try JSON(parsing: store.bytes) == store)
    }

    @Test func `a snapshot's schema asks for offer and affiliate only`() {
        #expect(Rule<Conversion>.conversion.schema["required"] == ["offer", "affiliate"])
        #expect(Rule<EventSnapshot>.event.schema["required"] == ["status"])
    }
}
