import Domain
import FunctionRuntime
import JSON
import TestSupport
import TestThreads
import Testing

@testable import Presets

@Suite(.ownThreads) struct PresetsTests {
    /// The request that each vendor documents, for the sample conversion of previewPostback.
    /// Written from the pages that the presets name, and not from the presets.
    static let documented: [(preset: String, status: ConversionStatus, given: [PresetOption: String], url: String)] = [
        (
            "keitaro", .pending, [.domain: "k.example.com", .key: "1a2b"],
            "https://k.example.com/1a2b/postback?currency=USD&payout=12.30&status=lead&subid=sample-click&tid=sample-transaction"
        ),
        (
            "keitaro", .done, [.domain: "k.example.com", .key: "1a2b"],
            "https://k.example.com/1a2b/postback?currency=USD&payout=12.30&status=sale&subid=sample-click&tid=sample-transaction"
        ),
        (
            "keitaro", .rejected, [.domain: "k.example.com", .key: "1a2b"],
            "https://k.example.com/1a2b/postback?currency=USD&payout=12.30&status=rejected&subid=sample-click&tid=sample-transaction"
        ),
        (
            "binom", .done, [.domain: "b.example.com"],
            "https://b.example.com/click.php?cnv_currency=USD&cnv_id=sample-click&cnv_status=approve&payout=12.30"
        ),
        (
            "binom", .rejected, [.domain: "b.example.com", .path: "t/click.php"],
            "https://b.example.com/t/click.php?cnv_currency=USD&cnv_id=sample-click&cnv_status=reject&payout=0"
        ),
        (
            "voluum", .done, [.domain: "https://v.example.com/"],
            "https://v.example.com/postback?cid=sample-click&currency=USD&payout=12.30&txid=sample-transaction"
        ),
        (
            "redtrack", .pending, [.domain: "r.example.com"],
            "https://r.example.com/postback?clickid=sample-click&status=pending&sum=12.30"
        ),
        (
            "redtrack", .done, [.domain: "r.example.com", .event: "Purchase"],
            "https://r.example.com/postback?clickid=sample-click&status=approved&sum=12.30&type=Purchase"
        ),
        (
            "redtrack", .rejected, [.domain: "r.example.com"],
            "https://r.example.com/postback?clickid=sample-click&status=declined&sum=0"
        ),
        (
            "affise", .done, [.domain: "a.example.com"],
            "https://a.example.com/postback?action_id=sample-transaction&clickid=sample-click&status=1&sum=12.30"
        ),
        (
            "affise", .pending, [.domain: "a.example.com", .event: "2", .token: "{x}"],
            "https://a.example.com/postback?action_id=sample-transaction&clickid=sample-click&goal=2&secure=***&status=2&sum=12.30"
        ),
        (
            "affise", .rejected, [.domain: "a.example.com"],
            "https://a.example.com/postback?action_id=sample-transaction&clickid=sample-click&status=3&sum=12.30"
        ),
        (
            "everflow", .done, [.domain: "e.example.com", .account: "42"],
            "https://e.example.com/?amount=100.00&nid=42&order_id=sample-transaction&transaction_id=sample-click"
        ),
        (
            "tune", .done, [.domain: "n.example.com", .theirOffer: "26"],
            "https://n.example.com/aff_lsr?adv_sub=sample-transaction&amount=100.00&offer_id=26&transaction_id=sample-click"
        ),
        (
            "cake", .done, [.domain: "c.example.com", .theirOffer: "769", .event: "123"],
            "https://c.example.com/p.ashx?e=123&f=pb&o=769&p=12.30&r=sample-click&t=sample-transaction"
        ),
        ("json", .rejected, [.url: "https://j.example.com/events?v=1"], "https://j.example.com/events?v=1"),
    ]

    /// The options of a preset, with realistic values.
    private static func needs(_ preset: Preset) -> [PresetOption: String] {
        documented.first { $0.preset == preset.name }?.given ?? [:]
    }

    @Test func `what a preset prints previews to the request that the vendor documents`() throws {
        let installation = try Installation.make()
        for (name, status, given, url) in Self.documented {
            let input = try Preset.named(name).input(.init(affiliate: "a", offer: "o"), status: status, given)
            let preview = try installation.ask("previewPostback", input)
            #expect(preview.at("request.url")?.text == url)
        }
        #expect(Set(Self.documented.map(\.preset)) == Set(Preset.all.map(\.name)))
    }

    @Test func `createPostback takes every preset in every status, and has nothing to warn of`() throws {
        let installation = try Installation.make()
        try installation.configure()
        for preset in Preset.all {
            try installation.ask("configureAffiliate", ["affiliateId": .string(preset.name)])
            let owner = Preset.Owner(affiliate: preset.name, offer: "o")
            for status in preset.statuses {
                let answer = try installation.ask(
                    "createPostback", try preset.input(owner, status: status, Self.needs(preset)))
                #expect(answer.at("postback.conversionStatus")?.text == status.rawValue)
                #expect(answer["warnings"] == [])
            }
        }
    }

    @Test func `the generic event is JSON with a number for the money`() throws {
        let preset = try Preset.named("json")
        let input = try preset.input(
            .init(affiliate: "a", offer: "o"), status: .done, [.url: "https://j.example.com/", .token: "s"])
        let preview = try Installation.make().ask("previewPostback", input)
        let body = try JSON(parsing: Array((preview.at("request.body")?.text ?? "").utf8))
        #expect(body["value"] == .number("12.30"))
        #expect(body["event_name"] == "purchase")
        #expect(body["click_id"] == "sample-click")
    }

    @Test func `a missing option is named, with what it is`() throws {
        for preset in Preset.all {
            for option in preset.neededOptions {
                for value in [nil, ""] {
                    var given = Self.needs(preset)
                    given[option] = value
                    let error = #expect(throws: FunctionError.self) {
                        try preset.input(.init(affiliate: "a", offer: "o"), status: .done, given)
                    }
                    #expect(error?.code == .invalidRequest)
                    #expect(error?.message.contains("--\(option.rawValue) (") == true)
                }
            }
            #expect(!preset.neededOptions.isEmpty)
        }
    }

    @Test func `an option that the preset has no use for is refused, as is a value that is none`() throws {
        let owner = Preset.Owner(affiliate: "a", offer: "o")
        let wrong: [(String, [PresetOption: String], String)] = [
            ("voluum", [.domain: "v.example.com", .key: "k"], "does not use --key"),
            ("voluum", [.domain: "v.example.com/postback"], "--domain takes a host"),
            ("voluum", [.domain: "<domain>"], "--domain takes a host"),
            ("voluum", [.domain: "{click_id}.example.com"], "--domain takes a host"),
            ("keitaro", [.domain: "k.example.com", .key: "a?b"], "--key takes letters"),
            ("json", [.url: "j.example.com"], "url must be absolute"),
        ]
        for (name, given, message) in wrong {
            let error = #expect(throws: FunctionError.self) {
                try Preset.named(name).input(owner, status: .done, given)
            }
            #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        }
    }

    @Test func `a tracker that cannot take a rejection refuses it with the reason`() throws {
        for name in ["voluum", "everflow", "tune", "cake"] {
            let preset = try Preset.named(name)
            #expect(preset.statuses == [.done])
            for status in [ConversionStatus.pending, .rejected] {
                let error = #expect(throws: FunctionError.self) {
                    try preset.input(.init(affiliate: "a", offer: "o"), status: status, Self.needs(preset))
                }
                #expect(error?.code == .conflict)
                #expect(error?.message.contains("cannot take the status \(status.rawValue): ") == true)
            }
        }
    }

    @Test func `every preset says of each fact where it was read, or that it is not checked`() {
        for preset in Preset.all {
            #expect(!preset.facts.isEmpty)
            for fact in preset.facts {
                #expect(fact.verdict.hasPrefix("checked: https://") || fact.verdict == "not checked")
                #expect(preset.description.contains("\(fact.claim)\n      \(fact.verdict)"))
            }
        }
    }

    @Test func `an unknown preset names the nearest`() {
        let error = #expect(throws: FunctionError.self) { try Preset.named("volum") }
        #expect(error == FunctionError(.notFound, "there is no preset \"volum\"; did you mean \"voluum\"?"))
    }
}
