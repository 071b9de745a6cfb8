import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests the warm mode: deliverPostback works on many lines at once, the database functions on batches.
@Suite(.ownThreads) struct StreamTests {
    /// A line that needs no connection: the postback is skipped, because a value is missing.
    private let unsent =
        #"{"deliveryId":1,"attempt":1,"postback":{"url":"http://t.example/","httpType":"GET","skipWhenEmpty":["country"]},"event":{"status":"done"},"conversion":{"offer":{"id":"o"},"affiliate":{"id":"a"}}}"#

    private func deliver(_ lines: [String]) throws -> [JSON] { try Programs.stream("deliverPostback", lines) }

    private func line(_ id: String) -> String { #"{"id":\#(id),"input":\#(unsent)}"# }

    @Test func `each line is answered by its id, a string or a number as it was written`() throws {
        let ids = [#""a""#, "7", "1.50", "-1e3", #""a b\"\n\u00e9""#, #""""#]
        let answers = try deliver(ids.map(line))
        #expect(answers.count == ids.count)
        for id in ids {
            let id = try JSON(parsing: Array(id.utf8))
            #expect(answers.filter { $0["id"] == id }.count == 1)
        }
        #expect(answers.allSatisfy { $0.at("output.outcome") == "skipped" })
    }

    @Test(arguments: [
        "nonsense", "[]", "1", "{", #"{"input":{}}"#, #"{"id":null,"input":{}}"#, #"{"id":true,"input":{}}"#,
        #"{"id":{},"input":{}}"#, #"{"id":["x"],"input":{"#, #"{"input":{},"id":"x""#,
    ])
    func `a bad line whose id cannot be read is answered with id null, and harms no other`(bad: String) throws {
        let answers = try deliver([line("1"), bad, line("2")])
        #expect(answers.count == 3)
        #expect(answers.filter { $0["id"] == .null && $0["error"] != nil }.count == 1)
        #expect(Set(answers.filter { $0["output"] != nil }.compactMap { $0["id"]?.integer }) == [1, 2])
    }

    @Test(
        arguments: [
            (#"{"id":"x"}"#, "invalid_request"), (#"{"id":"x","input":[]}"#, "invalid_json"),
            (#"{"id":"x","input":{},"extra":1}"#, "invalid_request"), (#"{"id":"x","input":{}}"#, "invalid_request"),
            (#"{"id":"x","input":{"a":1,"a":2}}"#, "invalid_json"), (#"{"id":"x","input":{"#, "invalid_json"),
            (#"{"id":"x","input":{}} trailing"#, "invalid_json"), (#"{"id":"x" "input":{}}"#, "invalid_json"),
            ("{\"id\":\"x\",\"input\":{\"a\":\"\u{1}\"}}", "invalid_json"),
            (#" { "id" : "x" , nonsense"#, "invalid_json"),
        ] as [(String, String)])
    func `a bad line whose id comes first is answered by that id`(bad: String, code: String) throws {
        let answers = try deliver([bad, line("1")])
        #expect(answers.count == 2)
        let answer = answers.first { $0["id"] == "x" }
        #expect(answer?.at("error.code")?.text == code)
        #expect(answer?.at("error.retryable") == false)
    }

    @Test func `bytes that are not UTF-8 cost only their own line`() throws {
        let input = Array("{\"id\":\"x\",\"input\":{\"a\":\"".utf8) + [0xFF] + Array("\"}}\n\(line("1"))\n".utf8)
        let outcome = try ChildProcess.run(
            Programs.path("deliverPostback"), ["--stream"], environment: Programs.environment(), input: input,
            timeout: .seconds(60))
        #expect(outcome.status == .exited(0))
        let lines = try outcome.output.split(separator: 0x0A).map { try JSON(parsing: Array($0)) }
        #expect(lines.first { $0["id"] == "x" }?.at("error.code") == "invalid_json")
        #expect(lines.first { $0["id"] == 1 }?["output"] != nil)
    }

    @Test func `blank lines are passed over, and the last line needs no newline`() throws {
        let input = "\n \r\n\t\n\(line("1"))\r\n\n\(line("2"))"
        let outcome = try Programs.run("deliverPostback", ["--stream"], input: input)
        #expect(outcome.status == .exited(0))
        #expect(outcome.output.filter { $0 == 0x0A }.count == 2)
        #expect(outcome.output.last == 0x0A)
        #expect(outcome.errorText == "")
    }

    @Test func `without lines there are no answers, and the exit status is 0`() throws {
        for function in ["deliverPostback", "recordConversion"] {
            let outcome = try Programs.run(
                function, ["--stream"], environment: ["DATABASE_URL": "host=127.0.0.1 port=1"])
            #expect(outcome.status == .exited(0))
            #expect(outcome.text == "")
        }
    }

    @Test func `a line that is too long is answered under its id where that comes first, and harms no other`() throws {
        let padding = String(repeating: "x", count: 5 << 20)
        let named = #"{"id":"x","input":{"a":"\#(padding)"}}"#
        let nameless = #"{"input":{"a":"\#(padding)"},"id":"y"}"#
        let answers = try deliver([line("1"), named, line("2"), nameless])
        #expect(answers.count == 4)
        let refused = answers.filter { $0.at("error.code") == "invalid_json" }.compactMap { $0["id"] }
        #expect(Set(refused) == ["x", .null])
        #expect(Set(answers.filter { $0["output"] != nil }.compactMap { $0["id"]?.integer }) == [1, 2])
    }

    @Test func `an input of 64 levels is read inside of its line, and one of 65 is not`() throws {
        func line(levels: Int) -> String {
            let lists = levels - 1
            return #"{"id":"x","input":{"a":"# + String(repeating: "[", count: lists)
                + String(repeating: "]", count: lists) + "}}"
        }
        #expect(try deliver([line(levels: 64)]).first?.at("error.code") == "invalid_request")
        #expect(try deliver([line(levels: 65)]).first?.at("error.code") == "invalid_json")
    }

    @Test(arguments: ["deliverPostback", "configureAffiliate"])
    func `an answer comes while the input is still open, and the end of the input ends the process`(function: String)
        throws
    {
        let installation = try Installation.make()
        let child = try ChildProcess(
            Programs.path(function), ["--stream"], environment: Programs.environment(installation.environment),
            input: .pipe,
            output: .pipe)
        let input = function == "deliverPostback" ? unsent : #"{"affiliateId":"ada"}"#
        for number in 1...3 {
            try child.input?.writeAll(Array("{\"id\":\(number),\"input\":\(input)}\n".utf8))
            var answer: [UInt8] = []
            while answer.last != 0x0A, case .bytes(let bytes)? = try child.output?.read(upTo: 65536) { answer += bytes }
            #expect(try JSON(parsing: answer)["id"] == .integer(number))
        }
        child.input = nil
        #expect(try child.wait() == .exited(0))
    }

    @Test func `what is in flight at the end of the input is finished first`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(300)))
        let lines = (1...20).map { number in
            #"{"id":\#(number),"input":{"deliveryId":\#(number),"attempt":1,"postback":{"url":"\#(receiver.url)/{delivery_id}","httpType":"GET"},"event":{"status":"done"},"conversion":{"offer":{"id":"o"},"affiliate":{"id":"a"}}}}"#
        }
        let answers = try Programs.stream(
            "deliverPostback", lines, environment: ["POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8"])
        #expect(answers.count == 20)
        #expect(answers.allSatisfy { $0.at("output.outcome") == "delivered" })
        #expect(receiver.requests.count == 20)
    }

    @Test func `a batch is answered line by line, good and bad`() throws {
        let installation = try Installation.make()
        try installation.configure()
        let answers = try installation.ask(
            "recordConversion",
            all: (0..<1200).map { number in
                [
                    "offerId": number % 7 == 3 ? "unknown" : "o", "affiliateId": "a",
                    "transactionId": .string("t\(number)"),
                ]
            })
        for (number, answer) in answers.enumerated() {
            if number % 7 == 3 {
                #expect(answer.at("error.code") == "not_found")
            } else {
                #expect(answer.at("conversion.transactionId") == .string("t\(number)"))
            }
        }
    }

    @Test func `a setting that is wrong fails each line, and the process ends well`() throws {
        let answers = try Programs.stream(
            "deliverPostback", [line("1"), "nonsense", line("2")], environment: ["POSTBACKS_TIMEOUT": "soon"])
        #expect(answers.count == 3)
        #expect(answers.filter { $0.at("error.code") == "misconfigured" }.compactMap { $0["id"]?.integer } == [1, 2])
    }

    @Test func `a database that was lost is found again by the same process`() throws {
        let installation = try Installation.make()
        let child = try ChildProcess(
            Programs.path("configureAffiliate"), ["--stream"],
            environment: Programs.environment(installation.environment),
            input: .pipe, output: .pipe, errorOutput: .null)
        func ask(_ id: Int) throws -> JSON {
            try child.input?.writeAll(Array("{\"id\":\(id),\"input\":{\"affiliateId\":\"ada\"}}\n".utf8))
            var answer: [UInt8] = []
            while answer.last != 0x0A, case .bytes(let bytes)? = try child.output?.read(upTo: 65536) { answer += bytes }
            return try JSON(parsing: answer)
        }
        #expect(try ask(1)["output"] != nil)
        _ = try installation.database.connect().run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'configureAffiliate' AND datname = current_database()"
        )
        // The line that meets the broken connection may fail with a retryable error.
        let second = try ask(2)
        #expect(second["output"] != nil || second.at("error.retryable") == true)
        #expect(try ask(3)["output"] != nil)
        child.input = nil
        #expect(try child.wait() == .exited(0))
    }

    @Test(arguments: [
        #"{"amount": 12,50}"#, #"{"a":"\u0000"}"#, #"{"a":1,"a":2}"#, #"{"a":{"b":[1,2,]}}"#, #"{"é":'x'}"#,
        "{\"a\":\"\u{1}\"}",
        #"{"a":01}"#, #"{"a":"\ud800"}"#, #"{"a":nul}"#, #"{"a":[[1}]}"#, "{\"a\":\"\u{FE}\u{FF}",
    ])
    func `positions are those of the input, whatever envelope stands around it`(input: String) throws {
        // A text of Latin-1 is not UTF-8.
        let bytes =
            input.unicodeScalars.allSatisfy { $0.value < 0x100 } && input.contains("\u{FE}")
            ? input.unicodeScalars.map { UInt8($0.value) } + Array(#""}"#.utf8) : Array(input.utf8)
        func column(_ arguments: [String], _ bytes: [UInt8]) throws -> String? {
            let outcome = try ChildProcess.run(
                Programs.path("deliverPostback"), arguments, environment: Programs.environment(), input: bytes,
                timeout: .seconds(60))
            #expect(outcome.text.contains("invalid_json"), "\(outcome.text)")
            return outcome.text.split(separator: "column ").dropFirst().first.map { String($0.prefix { $0.isNumber }) }
        }
        let own = try #require(try column([], bytes))
        let around = Array(#"{"id":"a long id, so that places differ","input":"#.utf8)
        #expect(try column(["--stream"], around + bytes + Array("}\n".utf8)) == own)
    }
}
