import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests that a function and an independent validator of its `--schema` accept and refuse the same inputs.
@Suite(.ownThreads) struct SchemaAgreementTests {
    /// The rules that a schema cannot express, by the function's message; the schema describes each in words.
    private static let unsayable: [(words: String, reason: String)] = [
        ("has no macro", "a macro's name inside of a text"), ("has a {", "a macro's grammar inside of a text"),
        ("has a }", "a macro's grammar inside of a text"),
        ("has {", "a macro's format inside of a text"), ("has no format", "a macro's format inside of a text"),
        ("has \"{", "an unencoded macro outside of a URL"),
        ("has a param name that is not", "a macro's name inside of a text"),
        ("that is not a number", "a macro's default inside of a text"),
        ("that is not true or false", "a macro's default inside of a text"),
        ("must not have the path segment", "a segment of a path, percent-encoded or not"),
        ("must have at most 8192 bytes", "a length in bytes"), ("must have a valid host", "a host's labels"),
        ("has a host that some programs read as a number", "a host that is an address in disguise"),
        ("must have a port from", "a port's range"), ("must have an IPv6 address between", "an address in a URL"),
        ("has a [ without its ]", "an address in a URL"),
        ("must not contain spaces", "a default in a URL may have spaces"),
        ("must not have a fragment", "a default in a URL may have a #"),
        ("must not contain a backslash", "a default in a URL may have one"),
        ("must not lead to", "the egress rules are settings"),
        ("must be before", "a period"), ("must be within the last", "the clock"), ("points", "the length of a period"),
        ("occurs twice; upper and lower case", "names that differ by case only"),
        ("is given together with basicAuth", "a header's name in any case"),
        ("is nested, which only POST(JSON)", "how deep a param is, by the type"),
        ("uses :number, which only", "a macro inside of a param, by the type"),
        ("uses :boolean, which only", "a macro inside of a param, by the type"),
        ("has braces in its name", "names in nested params"), ("requestParams.b.", "names in nested params"),
        ("must be a status or range", "one number in a text less than another"),
        ("digits before and", "digits of a number that is written with an exponent, or behind a number's point"),
        ("must be a decimal amount", "a number of more than 64 characters"),
        ("must be the value of \"next\"", "what a cursor holds"),
        ("has the id", "items that differ by one of their fields"),
        ("must be a time in RFC 3339", "a time of the year 1 to 9999 that is not one in UTC"),
        ("must be a whole number", "1.0 and 1e2, which to a schema are integers"),
        ("or a whole number from 100 to 599", "1.0 and 1e2, which to a schema are integers"),
        ("must be a string or a whole number", "1.0 and 1e2, which to a schema are integers"),
    ]

    /// The valid and invalid inputs of a schema.
    static func inputs(of function: FunctionInput, _ schema: JSON) -> [JSON] {
        let host = function.function == "deliverPostback" ? "127.0.0.1:9" : "t.example"
        let variations = InputVariations(schema, host: host)
        var random = SeededRandom(seed: SeededRandom.seed)
        var seen: Set<[UInt8]> = []
        return function.inputs.enumerated().flatMap { index, input in
            let isFirst = index == 0
            return variations.all(of: input, besides: isFirst ? nil : function.inputs[0])
                + variations.combinations(of: input, count: isFirst ? 150 : 50, &random)
        }.filter { seen.insert($0.bytes).inserted }
    }

    @Test func `there are inputs for every function`() {
        #expect(FunctionInput.all.map(\.function).sorted() == Repository.functions)
    }

    @Test(arguments: FunctionInput.all)
    func `what the schema refuses the function refuses and nothing changes; what it takes the function takes`(
        function: FunctionInput
    ) throws {
        let schema = try function.schema()
        let inputs = Self.inputs(of: function, schema)
        let verdicts = try JSONSchema.verdicts(on: inputs, by: schema)
        #expect(verdicts[0] == nil, "the first input is a good one")
        let installation = try Installation.withEverything()
        let bad = zip(inputs, verdicts).filter { $1 != nil }
        // An input without fields can be wrong in fewer ways.
        #expect(bad.count > (function.inputs[0].members.isEmpty ? 10 : 20))
        let before = try installation.contents()
        let refusals = try installation.ask(function.function, all: bad.map(\.0))
        for (index, (input, verdict)) in bad.enumerated() {
            let refusal = refusals[index]
            let fields = (refusal.at("error.details")?.items ?? []).compactMap { $0["field"]?.text }
            // The text is made only for a failure, because writing each input and answer costs more than checking it.
            func whole() -> Comment { "\(verdict ?? "") \(function.comment(input, refusal))" }
            #expect(refusal.at("error.code") == "invalid_request", whole())
            #expect(refusal.at("error.retryable") == false, whole())
            #expect(!fields.isEmpty && !fields.contains(""), whole())
        }
        // Single calls get a few of the inputs, because each needs a process.
        var random = SeededRandom(seed: SeededRandom.seed)
        for index in bad.indices.shuffled(using: &random).prefix(8) {
            let call = try installation.call(function.function, bad[index].0.encodedText)
            #expect(call.status == .exited(65))
            #expect(call.answer == refusals[index])
        }
        #expect(try installation.contents() == before)

        let good = zip(inputs, verdicts).filter { $1 == nil }.map(\.0)
        for (input, answer) in zip(good, try installation.ask(function.function, all: good)) {
            let code = answer.at("error.code")
            func whole() -> Comment { function.comment(input, answer) }
            #expect(code != "internal" && code != "invalid_json", whole())
            if code != "invalid_request" { continue }
            let faults = (answer.at("error.details")?.items ?? []).map {
                "\($0["field"]?.text ?? "") \($0["message"]?.text ?? "")"
            }
            let unexplained = faults.filter { fault in !Self.unsayable.contains { fault.contains($0.words) } }
            #expect(unexplained == [] && !faults.isEmpty, whole())
        }
    }

    @Test(arguments: FunctionInput.all)
    func `the good inputs say everything that the schema knows`(function: FunctionInput) throws {
        var missing: [String] = []
        func look(_ schemas: [JSON], _ values: [JSON], _ path: String) {
            let schemas = schemas.flatMap { [$0] + ($0["anyOf"]?.items ?? []) }
            for name in Set(schemas.flatMap { ($0["properties"] ?? .null).members.map(\.name) }) {
                let inner = values.compactMap { $0[name] }
                if inner.isEmpty { missing.append("\(path)\(name)") }
                look(schemas.compactMap { $0["properties"]?[name] }, inner, "\(path)\(name).")
            }
            let items = values.flatMap(\.items)
            if !items.isEmpty { look(schemas.compactMap { $0["items"] }, items, path) }
        }
        look([try function.schema()], function.inputs, "")
        // Further members that other answers have in a postback or conversion are accepted and ignored.
        let unlooked =
            [
                "offer", "affiliate", "goal", "goalApplies", "conversionStatus", "active", "sendOvertaken", "paused",
                "createdAt", "updatedAt",
            ]
            .map { "postback.\($0)" } + ["sequence", "createdAt", "updatedAt"].map { "conversion.\($0)" }
        #expect(missing.filter { !unlooked.contains($0) && !$0.hasSuffix(".sealed") } == [])
    }
}

extension FunctionInput {
    /// The information that is needed to repeat a failure.
    fileprivate func comment(_ input: JSON, _ answer: JSON) -> Comment {
        "POSTBACKS_TEST_SEED=\(SeededRandom.seed) \(function) \(input.encodedText.prefix(1500)): \(answer.encodedText.prefix(600))"
    }
}
