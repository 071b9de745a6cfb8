import Foundation
import JSON
import POSIX
import TestSupport
import Testing

/// The functions' fixtures, in an order in which each can be run by hand, with what each comes to.
struct FixturesTests {
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
        ("deliverPostback", "unsafe-header", nil), ("deliverPostback", "nobody-there", nil),
        ("deliverPostback", "wrong-fields", "invalid_request"), ("deliverPostback", "duplicate-member", "invalid_json"),
        ("listPostbacks", "success", nil), ("listPostbacks", "by-goal", nil), ("listPostbacks", "first-page", nil),
        ("listPostbacks", "wrong-fields", "invalid_request"), ("listPostbacks", "duplicate-member", "invalid_json"),
        ("listDeliveries", "success", nil), ("listDeliveries", "owed", nil), ("listDeliveries", "first-page", nil),
        ("listDeliveries", "wrong-fields", "invalid_request"), ("listDeliveries", "duplicate-member", "invalid_json"),
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
        for function in Set(Self.story.map(\.function)) {
            let files = FileSystem.names(in: "\(Self.functions)/\(function)/fixtures")
            #expect(
                files.sorted() == Self.story.filter { $0.function == function }.map { "\($0.fixture).json" }.sorted())
            #expect(files.contains("success.json"))
        }
    }

    @Test func `each fixture, run in order, comes to what its name says, and answers as its schema says`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.make()
        var answers: [String: JSON] = [:]
        var schemas: [String: JSON] = [:]
        for (function, fixture, code) in Self.story {
            let input = try text(function, fixture).replacing("127.0.0.1:8099", with: "127.0.0.1:\(receiver.port)")
            let call = try installation.call(function, input)
            #expect(call.code == code, "\(function)/\(fixture): \(call.text)")
            answers["\(function)/\(fixture)"] = call.answer
            if schemas[function] == nil {
                schemas[function] = try JSON(parsing: try Programs.run(function, ["--schema"]).output)
            }
            let schema = try #require(schemas[function])
            if code != "invalid_json", let given = try? JSON(parsing: Array(input.utf8)), let rule = schema["input"] {
                // What the schema refuses the function refuses too; what only the function sees is not in the schema.
                let faults = SchemaCheck.faults(given, rule)
                if code != "invalid_request" { #expect(faults == [], "\(function)/\(fixture)") }
            }
            if code == nil, let rule = schema["output"] {
                #expect(SchemaCheck.faults(call.answer, rule) == [], "\(function)/\(fixture)")
            }
        }
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
        #expect(outcome("nobody-there") == "retry")
        #expect(answers["listPostbacks/success"]?["postbacks"]?.items.count == 4)
        #expect(answers["listDeliveries/success"]?["deliveries"]?.items.count == 7)
    }

    @Test func `each wrong field of wrong-fields is named`() throws {
        let installation = try Installation.make()
        for (function, fixture, _) in Self.story where fixture == "wrong-fields" {
            let call = try installation.call(function, try text(function, fixture))
            #expect(call.fields.count >= 2, "\(function): \(call.text)")
        }
    }
}
