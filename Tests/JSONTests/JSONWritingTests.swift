import JSON
import Testing

struct JSONWritingTests {
    @Test func `a value is written on one line without white space`() {
        let json: JSON = ["b": [1, "x", true, nil], "a": ["c": .number("12.30")], "d": [], "e": .object([])]
        #expect(json.encodedText == #"{"b":[1,"x",true,null],"a":{"c":12.30},"d":[],"e":{}}"#)
    }

    @Test func `only what must be escaped is escaped, and nothing can break a line`() {
        #expect(
            JSON.string("a\"\\/\n\r\t\u{0}\u{1}\u{1f}\u{7f}\u{80}\u{9b}\u{9f}\u{a0}\u{6db}é😀").encodedText
                == "\"a\\\"\\\\/\\n\\r\\t\\u0000\\u0001\\u001f\\u007f\\u0080\\u009b\\u009f\u{a0}\u{6db}é😀\"")
    }

    @Test func `what is written is read as the same value`() throws {
        let scalars = (1..<0x3000).compactMap(Unicode.Scalar.init).map(String.init).joined()
        let json: JSON = [scalars: [.string(scalars), .number("-1.0e+05")], "": .string("")]
        #expect(try JSON(parsing: json.bytes) == json)
    }

    @Test func `encoded text goes out as it is`() {
        #expect((["a": .encoded("{\"x\" : 1}")] as JSON).encodedText == "{\"a\":{\"x\" : 1}}")
    }

    @Test func `for people it is laid out, a member a line`() {
        let json: JSON = ["a": [1, ["b": nil]], "c": [], "d": .object([])]
        #expect(
            json.pretty() == """
                {
                  "a": [
                    1,
                    {
                      "b": null
                    }
                  ],
                  "c": [],
                  "d": {}
                }
                """)
    }

    @Test func `sorting puts members in the order of their bytes, at every depth, and leaves lists alone`() {
        let json: JSON = ["b": [["z": 1, "y": 2], 3, 1], "a": 1, "B": 2, "é": 3]
        #expect(json.sorted.encodedText == #"{"B":2,"a":1,"b":[{"y":2,"z":1},3,1],"é":3}"#)
    }
}
