import Testing

@testable import JSON

struct JSONOutlineTests {
    private func read(_ text: String, opening names: [String] = ["inner"]) -> JSONOutline? {
        JSONOutline(Array(text.utf8), opening: names)
    }

    @Test func `an outline gives values, the bytes of values, and the members of what is opened`() throws {
        let outline = try #require(read(#" { "a" : [1, {"b": 2}] , "inner":{"c":"x","inner":{"d":1.50}},"n":null}"#))
        #expect(outline["a"] == [1, ["b": 2]])
        #expect(outline.bytes("a").map { String(decoding: $0, as: UTF8.self) } == #"[1, {"b": 2}]"#)
        let inner = try #require(outline.outline("inner"))
        #expect(inner["c"] == "x" && inner.outline("inner")?["d"] == .number("1.50"))
        #expect(outline["n"] == .null && outline.bytes("n") == nil)
        #expect(outline["z"] == nil && outline.bytes("z") == nil && outline.outline("a") == nil)
    }

    @Test func `no name stands twice in an object that is opened, and one may in another`() {
        #expect(read(#"{"a":1,"a":2}"#) == nil)
        #expect(read(#"{"inner":{"a":1,"\u0061":2}}"#) == nil)
        #expect(read(#"{"inner":{"inner":{"a":1,"a":2}}}"#) == nil)
        #expect(read(#"{"other":{"a":1,"a":2}}"#) != nil)
    }

    @Test(arguments: [
        "", "1", "[]", "{", #"{"a":1}x"#, #"{"a":01}"#, #"{"a":"\u0000"}"#, #"{"other":{"a":[1,]}}"#,
        #"{"inner":{"a"}}"#,
    ])
    func `what is not exactly one object of valid JSON has no outline`(text: String) {
        #expect(read(text) == nil)
    }

    @Test func `an outline is nested no deeper than the limit`() {
        let text = Array(#"{"a":{"b":{}}}"#.utf8)
        #expect(JSONOutline(text, depth: 3) != nil)
        #expect(JSONOutline(text, depth: 2) == nil)
        #expect(JSONOutline(text, opening: ["a", "b"], depth: 2) == nil)
    }

    @Test func `bytes that are not UTF-8 have no outline`() {
        #expect(JSONOutline(Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8)) == nil)
    }
}
