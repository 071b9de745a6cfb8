import Foundation
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// The functions' fixtures, in an order in which each can be run by hand, with what each comes to.
@Suite(.ownThreads) struct FixturesTests {
    /// A fixture and the code of its failure; nil for success.
    private static let story: [(function: String, fixture: String, code: String?)] = [
        ("configureOffer", "success", nil), ("configureOffer", "rename", nil), ("configureOffer", "goals-off", nil),
        ("configureOffer", "wrong-fields", "invalid_request"), ("configureOffer", "duplicate-member", "invalid_json"),
        ("configureAffiliate", "success", nil), ("configureAffiliate", "rename", nil),
        ("configureAffiliate", "wrong-fields", "invalid_request"),
        ("configureAffiliate", "duplicate-member", "invalid_json"),
        ("createPostback", "success", nil), ("createPostback", "success-form", nil),
        ("createPostback", "success-json", nil),
        ("createPostback", "with-key", nil), ("createPostback", "reused-key", "conflict"),
        ("createPostback", "unknown-offer", "not_found"), ("createPostback", "unknown-affiliate", "not_found"),
        ("createPostback", "unknown-goal", "not_found"), ("createPostback", "goal-while-goals-are-off", "conflict"),
        ("createPostback", "unknown-macro", "invalid_request"),
        ("createPostback", "forbidden-address", "invalid_request"),
        ("createPostback", "wrong-fields", "invalid_request"), ("createPostback", "duplicate-member", "invalid_json"),
        ("recordConversion", "success", nil), ("recordConversion", "repeat", nil),
        ("recordConversion", "repeat-with-other-payout", nil), ("recordConversion", "other-goal", nil),
        ("recordConversion", "by-click", nil), ("recordConversion", "unknown-offer", "not_found"),
        ("recordConversion", "unknown-affiliate", "not_found"), ("recordConversion", "unknown-goal", "not_found"),
        ("recordConversion", "wrong-fields", "invalid_request"),
        ("recordConversion", "duplicate-member", "invalid_json"),
        ("updateConversionStatus", "success", nil), ("updateConversionStatus", "repeat", nil),
        ("updateConversionStatus", "rejected", nil), ("updateConversionStatus", "other-goal", nil),
        ("updateConversionStatus", "other-goal-rejected", nil), ("configureOffer", "turn-goals-off", nil),
        ("updateConversionStatus", "other-goal-done", nil), ("configureOffer", "turn-goals-on", nil),
        ("updateConversionStatus", "back-to-pending", "conflict"),
        ("updateConversionStatus", "unexpected-status", "conflict"),
        ("updateConversionStatus", "ambiguous-click", "conflict"),
        ("updateConversionStatus", "unknown-conversion", "not_found"),
        ("updateConversionStatus", "wrong-fields", "invalid_request"),
        ("updateConversionStatus", "duplicate-member", "invalid_json"), ("configureOffer", "removed-goal", "conflict"),
        ("deliverPostback", "success", nil), ("deliverPostback", "success-form", nil),
        ("deliverPostback", "success-json", nil), ("deliverPostback", "success-signed", nil),
        ("deliverPostback", "missing-value", nil), ("deliverPostback", "forbidden-address", nil),
        ("deliverPostback", "unsafe-header", nil), ("deliverPostback", "unsafe-url", nil),
        ("deliverPostback", "nobody-there", nil),
        ("deliverPostback", "wrong-fields", "invalid_request"), ("deliverPostback", "duplicate-member", "invalid_json"),
        ("listPostbacks", "success", nil), ("listPostbacks", "by-goal", nil), ("listPostbacks", "first-page", nil),
        ("listPostbacks", "by-destination", nil),
        ("listPostbacks", "wrong-fields", "invalid_request"), ("listPostbacks", "duplicate-member", "invalid_json"),
        ("listDeliveries", "success", nil), ("listDeliveries", "owed", nil), ("listDeliveries", "first-page", nil),
        ("listDeliveries", "by-click", nil), ("listDeliveries", "unknown-affiliate", "not_found"),
        ("listDeliveries", "wrong-fields", "invalid_request"), ("listDeliveries", "duplicate-member", "invalid_json"),
        ("listOffers", "success", nil), ("listOffers", "first-page", nil),
        ("listOffers", "wrong-fields", "invalid_request"), ("listOffers", "duplicate-member", "invalid_json"),
        ("listAffiliates", "success", nil), ("listAffiliates", "first-page", nil),
        ("listAffiliates", "wrong-fields", "invalid_request"), ("listAffiliates", "duplicate-member", "invalid_json"),
        ("listConversions", "success", nil), ("listConversions", "by-status", nil),
        ("listConversions", "by-click", nil), ("listConversions", "first-page", nil),
        ("listConversions", "wrong-fields", "invalid_request"),
        ("listConversions", "duplicate-member", "invalid_json"), ("explainConversion", "success", nil),
        ("explainConversion", "by-transaction", nil),
        ("explainConversion", "unknown-conversion", "not_found"),
        ("explainConversion", "wrong-fields", "invalid_request"),
        ("explainConversion", "duplicate-member", "invalid_json"), ("previewPostback", "success", nil),
        ("previewPostback", "success-new", nil), ("previewPostback", "missing-value", nil),
        ("previewPostback", "unknown-postback", "not_found"), ("previewPostback", "unknown-conversion", "not_found"),
        ("previewPostback", "forbidden-address", "invalid_request"),
        ("previewPostback", "wrong-fields", "invalid_request"),
        ("previewPostback", "duplicate-member", "invalid_json"), ("updatePostback", "success", nil),
        ("updatePostback", "clear", nil), ("updatePostback", "unknown-postback", "not_found"),
        ("updatePostback", "unknown-goal", "not_found"), ("configureOffer", "turn-goals-off", nil),
        ("updatePostback", "goal-while-goals-are-off", "conflict"), ("configureOffer", "turn-goals-on", nil),
        ("updatePostback", "unknown-macro", "invalid_request"),
        ("updatePostback", "forbidden-address", "invalid_request"),
        ("updatePostback", "wrong-fields", "invalid_request"), ("updatePostback", "duplicate-member", "invalid_json"),
        ("backfillPostback", "not-active", "conflict"), ("updatePostback", "turn-on", nil),
        ("backfillPostback", "dry-run", nil), ("backfillPostback", "success", nil),
        ("backfillPostback", "unknown-postback", "not_found"),
        ("backfillPostback", "wrong-fields", "invalid_request"),
        ("backfillPostback", "duplicate-member", "invalid_json"), ("resendDeliveries", "success", nil),
        ("resendDeliveries", "by-id", nil), ("resendDeliveries", "dry-run", nil),
        ("resendDeliveries", "unknown-delivery", "not_found"),
        ("resendDeliveries", "wrong-fields", "invalid_request"),
        ("resendDeliveries", "duplicate-member", "invalid_json"), ("deletePostback", "success", nil),
        ("deletePostback", "unknown-postback", "not_found"), ("deletePostback", "wrong-fields", "invalid_request"),
        ("deletePostback", "duplicate-member", "invalid_json"), ("redactConversion", "success", nil),
        ("redactConversion", "unknown-conversion", "not_found"),
        ("redactConversion", "wrong-fields", "invalid_request"),
        ("redactConversion", "duplicate-member", "invalid_json"),
    ]

    private static let functions = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "functions"
        ).path

    private func text(_ function: String, _ fixture: String) throws -> String {
        let path = "\(Self.functions)/\(function)/fixtures/\(fixture).json"
        return String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
    }

    @Test func `every fixture has its place in the story`() {
        #expect(Set(Repository.functions) == Set(Self.story.map(\.function)))
        for function in Set(Self.story.map(\.function)) {
            let files = FileSystem.names(in: "\(Self.functions)/\(function)/fixtures")
            #expect(Set(files) == Set(Self.story.filter { $0.function == function }.map { "\($0.fixture).json" }))
            #expect(files.contains("success.json"))
        }
    }

    @Test
    func `each fixture, run in order, comes to what its name says, answers as its schema says, and the same when warm`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.make()
        var answers: [String: JSON] = [:]
        var order: [JSON] = []
        var schemas: [String: JSON] = [:]
        var judged: [(name: String, value: JSON, schema: JSON)] = []
        for (function, fixture, code) in Self.story {
            let input = try text(function, fixture).replacing("127.0.0.1:8099", with: "127.0.0.1:\(receiver.port)")
            let call = try installation.call(function, input)
            #expect(call.code == code, "\(function)/\(fixture): \(call.text)")
            answers["\(function)/\(fixture)"] = call.answer
            order.append(call.answer)
            if schemas[function] == nil {
                schemas[function] = try JSON(parsing: try Programs.run(function, ["--schema"]).output)
            }
            let schema = try #require(schemas[function])
            // What the schema refuses the function refuses too; what only the function sees is not in the schema.
            if code != "invalid_json", code != "invalid_request", let given = try? JSON(parsing: Array(input.utf8)),
                let rule = schema["input"]
            {
                judged.append(("\(function)/\(fixture)", given, rule))
            }
            if code == nil, let rule = schema["output"] {
                judged.append(("the answer to \(function)/\(fixture)", call.answer, rule))
            }
        }
        #expect(judged.count > 2 * Repository.functions.count)
        let verdicts = try JSONSchema.verdicts(judged.map { (schema: $0.schema, values: [$0.value]) })
        for (one, verdict) in zip(judged, verdicts) { #expect(verdict == [nil], "\(one.name)") }
        func outcome(_ fixture: String) -> JSON? { answers["deliverPostback/\(fixture)"]?["outcome"] }
        #expect(answers["recordConversion/success"]?.fired == [1])
        #expect(answers["recordConversion/repeat"]?["duplicate"] == true)
        #expect(answers["recordConversion/repeat"]?["conflicts"] == nil)
        #expect(answers["recordConversion/repeat-with-other-payout"]?["conflicts"] == ["payout"])
        #expect(answers["recordConversion/other-goal"]?.fired == [1])
        #expect(answers["updateConversionStatus/success"]?.fired == [2])
        #expect(answers["updateConversionStatus/repeat"]?["changed"] == false)
        #expect(answers["updateConversionStatus/rejected"]?.fired == [3])
        #expect(answers["updateConversionStatus/other-goal"]?.fired == [])
        #expect(answers["updateConversionStatus/other-goal-rejected"]?.fired == [3])
        #expect(answers["updateConversionStatus/other-goal-done"]?.fired == [2])
        for fixture in ["success", "success-form", "success-json", "success-signed"] {
            #expect(outcome(fixture) == "delivered")
        }
        #expect(outcome("missing-value") == "skipped")
        #expect(outcome("forbidden-address") == "failed")
        #expect(outcome("unsafe-header") == "failed")
        #expect(outcome("unsafe-url") == "failed")
        #expect(outcome("nobody-there") == "retry")
        #expect(answers["listPostbacks/success"]?["postbacks"]?.items.count == 4)
        #expect(answers["listDeliveries/success"]?["deliveries"]?.items.count == 7)
        #expect(answers["listConversions/success"]?.ids("conversions") == [1, 4, 5])
        #expect(answers["listConversions/by-status"]?.ids("conversions") == [1])
        #expect(answers["listConversions/by-click"]?.ids("conversions") == [1, 4])
        #expect(
            answers["explainConversion/success"]?["events"]?.items.map { $0["postbacks"]?.items.count } == [4, 4, 4])
        #expect(answers["explainConversion/success"]?.at("events.1.postbacks.3.result") == "inactive")
        #expect(
            answers["explainConversion/by-transaction"]?["events"] == answers["explainConversion/success"]?["events"])
        #expect(answers["listPostbacks/by-destination"]?["postbacks"]?.items.count == 3)
        #expect(answers["listDeliveries/by-click"]?["deliveries"]?.items.isEmpty == false)
        #expect(answers["previewPostback/missing-value"]?.at("error.code") == "missing_value")
        #expect(answers["updatePostback/clear"]?.at("postback.goal") == .null)
        #expect(answers["backfillPostback/dry-run"]?["owed"] == 3)
        #expect(answers["backfillPostback/success"]?["owed"] == 3)
        #expect(answers["resendDeliveries/success"]?["resent"] == 0)
        #expect(answers["deletePostback/success"]?["cancelledDeliveries"] == 3)
        #expect(answers["redactConversion/success"]?.at("conversion.clickId") == "redacted-1")

        // The same once more through one warm process for each function.
        let warm = try Installation.make()
        var processes: [String: WarmFunction] = [:]
        for (number, (function, fixture, code)) in Self.story.enumerated() {
            let input = try text(function, fixture).replacing("127.0.0.1:8099", with: "127.0.0.1:\(receiver.port)")
            let process = try processes[function] ?? WarmFunction(function, warm)
            processes[function] = process
            let answer = try process.ask(#"{"id":\#(number),"input":\#(input.replacing("\n", with: " "))}"#)
            guard code != "invalid_json" else {
                #expect(answer.at("error.code") == "invalid_json", "\(function)/\(fixture)")
                continue
            }
            #expect(answer["id"] == .integer(number))
            let output = try #require(code == nil ? answer["output"] : answer.without("id"))
            #expect(output.timeless == order[number].timeless, "\(function)/\(fixture)")
        }
        for process in processes.values { #expect(try process.end() == .exited(0)) }
    }

    @Test func `each wrong field of wrong-fields is named`() throws {
        let installation = try Installation.make()
        for (function, fixture, _) in Self.story where fixture == "wrong-fields" {
            let call = try installation.call(function, try text(function, fixture))
            #expect(call.fields.count >= 2, "\(function): \(call.text)")
        }
    }
}

extension JSON {
    /// Without what is another each time: the time, how long something takes, invented ids and what is sealed.
    fileprivate var timeless: JSON {
        switch self {
        case .object(let members):
            .object(
                members.filter {
                    !["next", "timing", "retryInSeconds", "sealed", "webhook-timestamp", "webhook-signature"].contains(
                        $0.name)
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
