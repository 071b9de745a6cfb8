import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests invalid inputs: each has one stable code, with a single call and in the warm mode, and the database does not
/// change.
@Suite(.ownThreads) struct BadInputTests {
    /// Bytes made from the text of a valid input, which ends with `}`.
    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        var code = "invalid_json"
        /// The path of the fault, if it has one.
        var field: String?
        let make: @Sendable (String) -> [UInt8]

        init(
            _ name: String, code: String = "invalid_json", field: String? = nil,
            _ make: @escaping @Sendable (String) -> String
        ) {
            self.name = name
            self.code = code
            self.field = field
            self.make = { Array(make($0).utf8) }
        }

        /// Adds a member of any bytes.
        init(_ name: String, member: [UInt8], code: String = "invalid_json", field: String? = "zz") {
            self.name = name
            self.code = code
            self.field = field
            make = { Array(opened($0).utf8) + Array("\"zz\":".utf8) + member + [0x7D] }
        }

        init(_ name: String, member: String, code: String = "invalid_json", field: String? = "zz") {
            self.init(name, member: Array(member.utf8), code: code, field: field)
        }

        var testDescription: String { name }
    }

    private static func quoted(_ bytes: [UInt8]) -> [UInt8] { [0x22] + bytes + [0x22] }

    static let all: [Bad] = [
        Bad("nothing") { _ in "" }, Bad("white space") { _ in " \t\r " }, Bad("a word") { _ in "nonsense" },
        Bad("null") { _ in "null" },
        Bad("a number") { _ in "1" }, Bad("a string") { _ in "\"x\"" }, Bad("a boolean") { _ in "true" },
        Bad("a list") { _ in "[]" },
        Bad("a list of one") { "[\($0)]" }, Bad("two documents") { "\($0) \($0)" },
        Bad("two without a space") { $0 + $0 },
        Bad("something behind it") { $0 + " x" }, Bad("a comma behind it") { $0 + "," },
        Bad("a brace too many") { $0 + "}" },
        Bad("a brace too few") { String($0.dropLast()) }, Bad("a mark of the byte order") { "\u{FEFF}\($0)" },
        Bad("NUL behind it") { $0 + "\u{0}" }, Bad("an unquoted name") { opened($0) + "zz:1}" },
        Bad("single quotes") { opened($0) + "'zz':1}" }, Bad("a comma at the end") { $0.dropLast() + ",}" },
        Bad("a comment") { $0.dropLast() + "/* zz */}" }, Bad("a name alone") { opened($0) + "\"zz\"}" },
        Bad("a NUL", member: #""a\u0000b""#), Bad("a raw NUL", member: quoted([0x61, 0, 0x62])),
        Bad("a NUL in a name", field: "") { opened($0) + #""z\u0000z":1}"# },
        Bad("a raw control character", member: quoted([0x61, 0x1F])), Bad("a raw tab", member: quoted([0x09])),
        Bad("half a pair", member: #""\ud83d""#), Bad("the other half", member: #""\ude00""#),
        Bad("two first halves", member: #""\ud83d\ud83d""#), Bad("a pair turned round", member: #""\ude00\ud83d""#),
        Bad("half a pair and text", member: #""\ud83dx""#),
        Bad("no UTF-8", member: quoted([0xFF])),
        Bad("an overlong slash", member: quoted([0xC0, 0xAF])),
        Bad("an overlong NUL", member: quoted([0xC0, 0x80])),
        Bad("three bytes for one", member: quoted([0xE0, 0x80, 0xAF])),
        Bad("a surrogate in UTF-8", member: quoted([0xED, 0xA0, 0x80])),
        Bad("beyond Unicode", member: quoted([0xF4, 0x90, 0x80, 0x80])),
        Bad("five bytes", member: quoted([0xF8, 0x88, 0x80, 0x80, 0x80])),
        Bad("a character cut off", member: quoted([0xF0, 0x9F, 0x98])),
        Bad("Latin-1", member: quoted([0x47, 0xFC, 0x6E])),
        Bad("a name twice", field: "zz") { opened($0) + "\"zz\":1,\"zz\":1}" },
        Bad("a name twice, once escaped", field: "zz") { opened($0) + #""zz":1,"\u007a\u007A":2}"# },
        Bad("a name twice inside", member: #"{"a":{"b":[1,{"c":1,"\u0063":2}]}}"#, field: "zz.a.b[1].c"),
        Bad("an empty name twice", member: #"{"":1,"":1}"#, field: #"zz."""#),
        Bad("an escaped pair's name twice", member: #"{"😀":1,"\ud83d\ude00":1}"#, field: "zz.😀"),
        Bad("a leading zero", member: "01", field: nil), Bad("a plus", member: "+1"),
        Bad("no whole part", member: ".5"), Bad("no fraction", member: "1.", field: "zz"),
        Bad("no exponent", member: "1e"), Bad("a lone minus", member: "-"), Bad("not a number", member: "NaN"),
        Bad("no bound", member: "-Infinity"),
        Bad("hexadecimal", member: "0x10", field: nil), Bad("True", member: "True"),
        Bad("undefined", member: "undefined"),
        Bad("an unknown escape", member: #""\x41""#), Bad("half an escape", member: #""\u12""#),
        Bad("a sign in an escape", member: #""\u+041""#),
        Bad("65 levels", member: String(repeating: "[", count: 64) + String(repeating: "]", count: 64), field: ""),
        Bad(
            "65 levels of objects",
            member: String(repeating: "{\"a\":", count: 64) + "1" + String(repeating: "}", count: 64), field: ""),
        Bad("half a million levels", member: String(repeating: "[", count: 500_000), field: ""),
        Bad(
            "64 levels", member: String(repeating: "[", count: 63) + String(repeating: "]", count: 63),
            code: "invalid_request"),
        Bad("a field that is not known", member: "1", code: "invalid_request"),
        Bad("a huge number", member: "1e999999999", code: "invalid_request"),
        Bad("ten thousand digits", member: String(repeating: "9", count: 10_000), code: "invalid_request"),
        Bad("characters that are none", member: #""\ufffe\uffff\udbff\udfff""#, code: "invalid_request"),
        Bad("an id too large for a bigint", member: "9223372036854775808", code: "invalid_request"),
        Bad("ten megabytes", member: "\"" + String(repeating: "x", count: 10 << 20) + "\"", field: nil),
    ]

    @Test(arguments: FunctionInput.all)
    func `what is no input is refused by one code, by hand and in the warm mode, and changes nothing`(
        function: FunctionInput
    ) throws {
        let installation = try Installation.withEverything()
        let before = try installation.contents()
        let good = function.inputs[0].encodedText
        var lines: [UInt8] = []
        let number = FunctionInput.all.firstIndex { $0.function == function.function } ?? 0
        for (index, bad) in Self.all.enumerated() {
            let bytes = bad.make(good)
            lines += Array("{\"id\":\(index),\"input\":".utf8) + bytes + Array("}\n".utf8)
            // A single call needs a process, so each function gets only a part of the inputs.
            if (index + number) % 4 != 0 { continue }
            let call = FunctionCall(
                try ChildProcess.run(
                    Programs.path(function.function), environment: Programs.environment(installation.environment),
                    input: bytes,
                    timeout: .seconds(120)))
            #expect(call.status == .exited(65), "\(bad.name): \(call.text.prefix(500))\(call.log)")
            #expect(call.code == bad.code, "\(bad.name): \(call.text.prefix(500))")
            if let field = bad.field { #expect(call.fields == [field], "\(bad.name): \(call.text.prefix(500))") }
            #expect(call.log == "", "\(bad.name)")
            #expect(call.text.last == "\n" && call.text.split(separator: "\n").count == 1, "\(bad.name)")
        }
        let outcome = try ChildProcess.run(
            Programs.path(function.function), ["--stream"], environment: Programs.environment(installation.environment),
            input: lines, timeout: .seconds(120))
        #expect(outcome.status == .exited(0))
        #expect(outcome.errorText == "")
        let answers = try outcome.output.split(separator: 0x0A).map { try JSON(parsing: Array($0)) }
        #expect(answers.count == Self.all.count)
        for (index, bad) in Self.all.enumerated() {
            let answer = try #require(answers.first { $0["id"] == .integer(index) }, "\(bad.name)")
            #expect(answer.at("error.code")?.text == bad.code, "\(bad.name): \(answer.encodedText.prefix(500))")
            guard let field = bad.field else { continue }
            let fields = (answer.at("error.details")?.items ?? []).compactMap { $0["field"]?.text }
            #expect(fields == [field], "\(bad.name): \(answer.encodedText.prefix(500))")
        }
        #expect(try installation.contents() == before)
    }

    @Test func `a cursor that holds a NUL is refused`() throws {
        let installation = try Installation.make()
        for function in ["listOffers", "listAffiliates"] {
            #expect(try installation.refusal(of: function, ["after": "bwBv"]).fields == ["after"])
        }
    }
}

/// The text of an object without its closing brace, ready for one more member.
private func opened(_ object: String) -> String { object == "{}" ? "{" : object.dropLast() + "," }
