import JSON
import Testing

struct CompactTests {
    @Test func `white space goes between tokens, and stays in strings`() {
        for (text, compact) in [
            (#"{"id" : 1, "a b" : [ 1.50 , null ]}"#, #"{"id":1,"a b":[1.50,null]}"#),
            ("[\n {\t\"a\" :\r\n\"x\" } ]", #"[{"a":"x"}]"#),
            (#"{"q\" : \\" : "\\", "e" : "é 😀 \u0020"}"#, #"{"q\" : \\":"\\","e":"é 😀 \u0020"}"#), ("", ""),
        ] { #expect(JSON.compact(text) == compact) }
    }
}
