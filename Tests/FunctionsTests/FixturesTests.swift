import JSON
import System
import TestSupport
import TestThreads
import Testing

/// The fixtures' calls, and what each stage of their story comes to.
@Suite(.ownThreads) struct FixturesTests {
    @Test func `every fixture has its place in the story`() {
        #expect(Set(Repository.functions) == Set(FixtureStory.steps.map(\.function)))
        for function in Set(FixtureStory.steps.map(\.function)) {
            let files = FixtureStory.files(of: function)
            let steps = FixtureStory.steps.filter { $0.function == function }
            #expect(Set(files) == Set(steps.map { "\($0.fixture).json" }))
            #expect(files.contains("success.json"))
        }
    }

    @Test func `each fixture, run in order, ends as its name says`() throws {
        for call in try FixtureStory.played.get().calls {
            #expect(call.code == call.expectedCode, "\(call.name): \(call.text)")
        }
    }

    @Test func `inputs and answers are as the function's schema says`() throws {
        var schemas: [String: JSON] = [:]
        var judged: [(name: String, value: JSON, schema: JSON)] = []
        for call in try FixtureStory.played.get().calls {
            if schemas[call.function] == nil {
                schemas[call.function] = try JSON(parsing: try Programs.run(call.function, ["--schema"]).output)
            }
            let schema = try #require(schemas[call.function])
            // The function refuses what the schema refuses. What only the function sees is not in the schema.
            if call.expectedCode != "invalid_json", call.expectedCode != "invalid_request",
                let given = try? JSON(parsing: Array(call.input.utf8)), let rule = schema["input"]
            {
                judged.append((call.name, given, rule))
            }
            if call.expectedCode == nil, let rule = schema["output"] {
                judged.append(("the answer to \(call.name)", call.answer, rule))
            }
        }
        #expect(judged.count > 2 * Repository.functions.count)
        let verdicts = try JSONSchema.verdicts(judged.map { (schema: $0.schema, values: [$0.value]) })
        for (one, verdict) in zip(judged, verdicts) { #expect(verdict == [nil], "\(one.name)") }
    }

    @Test func `recording: postbacks fire, and a repeat fires nothing and names what differs`() throws {
        let answers = try FixtureStory.played.get()
        #expect(answers["recordConversion/success"]?.fired == [1])
        #expect(answers["recordConversion/repeat"]?["duplicate"] == true)
        #expect(answers["recordConversion/repeat"]?["conflicts"] == nil)
        #expect(answers["recordConversion/repeat-with-other-payout"]?["conflicts"] == ["payout"])
        #expect(answers["recordConversion/other-goal"]?.fired == [1])
    }

    @Test func `changes of status: postbacks of the new status fire if the goal is theirs or goals are off`() throws {
        let answers = try FixtureStory.played.get()
        #expect(answers["updateConversionStatus/success"]?.fired == [2])
        #expect(answers["updateConversionStatus/repeat"]?["changed"] == false)
        #expect(answers["updateConversionStatus/rejected"]?.fired == [3])
        #expect(answers["updateConversionStatus/other-goal"]?.fired == [])
        #expect(answers["updateConversionStatus/other-goal-rejected"]?.fired == [3])
        #expect(answers["updateConversionStatus/other-goal-done"]?.fired == [2])
    }

    @Test(arguments: [
        ("success", "delivered"), ("success-form", "delivered"), ("success-json", "delivered"),
        ("success-signed", "delivered"), ("missing-value", "skipped"), ("forbidden-address", "failed"),
        ("unsafe-header", "failed"), ("unsafe-url", "failed"), ("nobody-there", "retry"),
    ])
    func `delivering: the fixture's name says the outcome`(fixture: String, outcome: String) throws {
        #expect(try FixtureStory.played.get()["deliverPostback/\(fixture)"]?["outcome"]?.text == outcome)
    }

    @Test func `lists show what was configured, recorded and owed, and an explanation each postback`() throws {
        let answers = try FixtureStory.played.get()
        #expect(answers["listPostbacks/success"]?["postbacks"]?.items.count == 4)
        #expect(answers["listPostbacks/by-destination"]?["postbacks"]?.items.count == 3)
        #expect(answers["listDeliveries/success"]?["deliveries"]?.items.count == 7)
        #expect(answers["listDeliveries/by-click"]?["deliveries"]?.items.isEmpty == false)
        #expect(answers["listConversions/success"]?.ids("conversions") == [1, 4, 5])
        #expect(answers["listConversions/by-status"]?.ids("conversions") == [1])
        #expect(answers["listConversions/by-click"]?.ids("conversions") == [1, 4])
        let explained = answers["explainConversion/success"]
        #expect(explained?["events"]?.items.map { $0["postbacks"]?.items.count } == [4, 4, 4])
        #expect(explained?.at("events.1.postbacks.3.result") == "inactive")
        #expect(answers["explainConversion/by-transaction"]?["events"] == explained?["events"])
    }

    @Test func `previews, changes, backfills, resends, deletion and redaction say what they did`() throws {
        let answers = try FixtureStory.played.get()
        #expect(answers["previewPostback/missing-value"]?.at("error.code") == "missing_value")
        #expect(answers["updatePostback/clear"]?.at("postback.goal") == .null)
        #expect(answers["backfillPostback/dry-run"]?["owed"] == 3)
        #expect(answers["backfillPostback/success"]?["owed"] == 3)
        #expect(answers["resendDeliveries/success"]?["resent"] == 0)
        #expect(answers["deletePostback/success"]?["cancelledDeliveries"] == 3)
        #expect(answers["redactConversion/success"]?.at("conversion.clickId") == "redacted-1")
    }

    @Test func `each fixture comes to the same through one warm process for each function`() throws {
        let installation = try Installation.make()
        var processes: [String: WarmFunction] = [:]
        for (number, call) in try FixtureStory.played.get().calls.enumerated() {
            let process = try processes[call.function] ?? WarmFunction(call.function, installation.environment)
            processes[call.function] = process
            let input = call.input.replacing("\n", with: " ")
            let answer = try process.ask(#"{"id":\#(number),"input":\#(input)}"#)
            guard call.expectedCode != "invalid_json" else {
                #expect(answer.at("error.code") == "invalid_json", "\(call.name)")
                continue
            }
            #expect(answer["id"] == .integer(number))
            let output = try #require(call.expectedCode == nil ? answer["output"] : answer.without("id"))
            #expect(output.timeless == call.answer.timeless, "\(call.name)")
        }
        for process in processes.values { #expect(try process.end() == .exited(0)) }
    }

    @Test func `each wrong field of wrong-fields is named`() throws {
        let installation = try Installation.make()
        for (function, fixture, _) in FixtureStory.steps where fixture == "wrong-fields" {
            let call = try installation.call(function, try FixtureStory.text(function, fixture))
            #expect(call.fields.count >= 2, "\(function): \(call.text)")
        }
    }
}

extension JSON {
    /// Replaces or removes what differs in each run: times, durations, generated ids and sealed values.
    fileprivate var timeless: JSON {
        switch self {
        case .object(let members):
            .object(
                members.filter {
                    ![
                        "next", "timing", "retryInSeconds", "oldestDueSeconds", "sealed", "webhook-timestamp",
                        "webhook-signature",
                    ].contains($0.name)
                }
                .map { Member($0.name, $0.value.timeless) })
        case .array(let items): .array(items.map(\.timeless))
        case .string(let text): .string(Self.timeless(text))
        case .number(let text): .number(Self.timeless(text))
        default: self
        }
    }

    private static func timeless(_ text: String) -> String {
        text.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/, with: "TIME").replacing(/\d{16}/, with: "ID")
            .replacing(/after \d+ ms/, with: "after TIME")
    }
}
