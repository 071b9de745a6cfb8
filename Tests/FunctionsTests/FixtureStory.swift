import JSON
import System
import TestSupport

/// The functions' fixtures, in an order in which each can be run by hand, with the code that each ends with.
enum FixtureStory {
    /// A fixture and the code of its failure; nil for success.
    static let steps: [(function: String, fixture: String, code: String?)] = [
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
        ("updatePostbacks", "dry-run", nil), ("updatePostbacks", "success", nil), ("updatePostbacks", "turn-on", nil),
        ("updatePostbacks", "replace-origin", nil), ("updatePostbacks", "replace-origin-back", nil),
        ("updatePostbacks", "unknown-postback", "not_found"),
        ("updatePostbacks", "forbidden-address", "invalid_request"),
        ("updatePostbacks", "wrong-fields", "invalid_request"), ("updatePostbacks", "duplicate-member", "invalid_json"),
        ("listDestinations", "success", nil), ("listDestinations", "blocked", nil),
        ("listDestinations", "first-page", nil), ("listDestinations", "wrong-fields", "invalid_request"),
        ("listDestinations", "duplicate-member", "invalid_json"), ("configureDestination", "success", nil),
        ("configureDestination", "resume", nil), ("configureDestination", "unknown-destination", "not_found"),
        ("configureDestination", "wrong-fields", "invalid_request"),
        ("configureDestination", "duplicate-member", "invalid_json"), ("findRecords", "success", nil),
        ("findRecords", "by-click", nil), ("findRecords", "of-affiliate", nil),
        ("findRecords", "wrong-fields", "invalid_request"), ("findRecords", "duplicate-member", "invalid_json"),
        ("backfillPostback", "not-active", "conflict"), ("updatePostback", "turn-on", nil),
        ("backfillPostback", "dry-run", nil), ("backfillPostback", "success", nil),
        ("backfillPostback", "unknown-postback", "not_found"),
        ("backfillPostback", "wrong-fields", "invalid_request"),
        ("backfillPostback", "duplicate-member", "invalid_json"), ("resendDeliveries", "success", nil),
        ("resendDeliveries", "by-id", nil), ("resendDeliveries", "dry-run", nil),
        ("resendDeliveries", "unknown-delivery", "not_found"),
        ("resendDeliveries", "wrong-fields", "invalid_request"),
        ("resendDeliveries", "duplicate-member", "invalid_json"), ("deliveryStatistics", "success", nil),
        ("deliveryStatistics", "by-postback", nil), ("deliveryStatistics", "unknown-postback", "not_found"),
        ("deliveryStatistics", "wrong-fields", "invalid_request"),
        ("deliveryStatistics", "duplicate-member", "invalid_json"), ("showHealth", "success", nil),
        ("showHealth", "wrong-fields", "invalid_request"), ("showHealth", "duplicate-member", "invalid_json"),
        ("deletePostback", "success", nil),
        ("deletePostback", "unknown-postback", "not_found"), ("deletePostback", "wrong-fields", "invalid_request"),
        ("deletePostback", "duplicate-member", "invalid_json"), ("redactConversion", "success", nil),
        ("redactConversion", "unknown-conversion", "not_found"),
        ("redactConversion", "wrong-fields", "invalid_request"),
        ("redactConversion", "duplicate-member", "invalid_json"),
    ]

    /// The file names of a function's fixtures.
    static func files(of function: String) -> [String] {
        FileSystem.names(in: "\(Repository.root)/functions/\(function)/fixtures")
    }

    /// The text of a fixture.
    static func text(_ function: String, _ fixture: String) throws -> String {
        try Repository.text("functions/\(function)/fixtures/\(fixture).json")
    }

    /// The story as it was played once for all tests.
    static let played = Result { try Played() }

    /// The calls of all fixtures in order, on one database and with one process for each call.
    struct Played: Sendable {
        /// The receiver to which the fixtures' postbacks lead.
        private let receiver: RunningReceiver
        let calls: [Call]

        struct Call: Sendable {
            let function: String
            let fixture: String
            /// The code with which the call must end; nil for success.
            let expectedCode: String?
            let input: String
            let text: String
            let code: String?
            let answer: JSON

            var name: String { "\(function)/\(fixture)" }
        }

        init() throws {
            let receiver = try RunningReceiver()
            self.receiver = receiver
            let installation = try Installation.make()
            calls = try FixtureStory.steps.map { function, fixture, code in
                let input = try FixtureStory.text(function, fixture)
                    .replacing("127.0.0.1:8099", with: "127.0.0.1:\(receiver.port)")
                let call = try installation.call(function, input)
                return Call(
                    function: function, fixture: fixture, expectedCode: code, input: input, text: call.text,
                    code: call.code, answer: call.answer)
            }
        }

        /// The answer to a fixture, such as `listOffers/success`; the last one if the fixture stands twice in the story.
        subscript(name: String) -> JSON? { calls.last { $0.name == name }?.answer }
    }
}
