import Domain
import FunctionRuntime
import Testing

@testable import Presets

struct ConvertedURLTests {
    @Test(arguments: [
        ("#payout#", "{payout}"), ("[payout]", "{payout}"), ("[[payout]]", "{payout}"), ("%payout%", "{payout}"),
        ("%%payout%%", "{payout}"), ("{payout}", "{payout}"), ("{{payout}}", "{payout}"), ("${PAYOUT}", "{payout}"),
        ("<payout>", "{payout}"), ("__PAYOUT__", "{payout}"), ("%7Bpayout%7D", "{payout}"),
        ("%7b%7bpayout%7d%7d", "{payout}"), ("%5Bpayout%5D", "{payout}"), ("%23payout%23", "{payout}"),
        ("{clickid}", "{click_id}"), ("[click_id]", "{click_id}"), ("{ClickId}", "{click_id}"),
        ("${ORDER_ID}", "{transaction_id}"), ("{geo}", "{country}"), ("{sub3}", "{sub3}"), ("#s2#", "{sub2}"),
        ("{aff_sub4}", "{sub4}"), ("[subid12]", "{params.sub12}"), ("{currency|USD}", "{currency|USD}"),
        ("{status:pending=2,done=1}", "{status:pending=2,done=1}"), ("{params.team}", "{params.team}"),
        ("{_click_id}", "{_click_id}"),
    ])
    func `a macro of another network is recognised in its style`(macro: String, template: String) throws {
        let converted = ConvertedURL("https://t.example.com/p?x=\(macro)&y=1")
        #expect(converted.findings.map(\.outcome) == [.recognised(template)])
        #expect(try converted.checked() == "https://t.example.com/p?x=\(template)&y=1")
    }

    @Test(arguments: [
        ("cid=#s2#", "cid={sub2}"), ("amount={amount}", "amount={payout}"), ("s={status}", "s={status}"),
        ("r={revenue}", "r={payout}"), ("id={transaction_id}", "id={transaction_id}"), ("cid={}", "cid={click_id}"),
        ("t=%timestamp%", "t={occurred_at:unix}"), ("c=%subid%", "c={click_id}"),
        ("c=$clickid$", "c={click_id}"), ("c=:clickid:", "c={click_id}"),
        ("c=(clickid)", "c={click_id}"), ("c=$clickid", "c={click_id}"), ("c=@clickid@", "c={click_id}"),
        ("transaction_id=TRANSACTION_ID", "transaction_id={transaction_id}"),
    ])
    func `what may mean something else is guessed, with the doubt`(query: String, result: String) throws {
        let converted = ConvertedURL("https://t.example.com/p?\(query)")
        #expect(try converted.checked() == "https://t.example.com/p?\(result)")
        let finding = try #require(converted.findings.first)
        guard case .guessed(_, let doubt) = finding.outcome else {
            Issue.record("\(finding)")
            return
        }
        #expect(!doubt.isEmpty)
        #expect(converted.findings.count == 1)
    }

    @Test(arguments: [
        ("a={payuot}", "{payuot}", "{payout}"), ("a=[click_idd]", "[click_idd]", "{click_id}"),
        ("cid=#xyzzy#", "#xyzzy#", "{click_id}"), ("payout=OPTIONAL", "OPTIONAL", "{payout}"),
        ("a=#device_model#", "#device_model#", nil), ("a={clickid:foo}", "{clickid:foo}", "{click_id}"),
        ("a=[pay+out]", "[", nil), ("a=1#top", "#", nil),
        ("a={broken", "{", nil), ("a=100%", "%", nil), ("a=$whatsit$", "$whatsit$", nil),
    ])
    func `what is not known is reported with the nearest, and nothing is converted`(
        query: String, text: String, nearest: String?
    ) {
        let converted = ConvertedURL("https://t.example.com/p?\(query)")
        #expect(converted.findings.first?.text == text)
        #expect(converted.findings.first?.outcome == .unknown(nearest: nearest))
        let error = #expect(throws: FunctionError.self) { try converted.checked() }
        #expect(error?.code.exitStatus == 65)
    }

    @Test(arguments: [
        ("[payout]", "{payout}"), ("%%payout%%", "{payout}"), ("__PAYOUT__", "{payout}"), ("%7Bcid%7D", "{click_id}"),
        ("#s2#", "{sub2}"), ("<amount>", "{payout}"), ("$clickid$", "{click_id}"), ("(tid)", "{transaction_id}"),
        ("{{geo}}", "{country}"), ("%timestamp%", "{occurred_at:unix}"),
    ])
    func `createPostback warns of what is converted, and names the same macro`(macro: String, template: String) throws {
        let url = "https://t.example.com/p?x=\(macro)&c={click_id}"
        #expect(try ConvertedURL(url).checked() == "https://t.example.com/p?x=\(template)&c={click_id}")
        func warnings(_ url: String) throws -> [PostbackWarning] {
            RequestTemplate(url: try PostbackURL(parsing: url), httpType: .get).warnings(firingOn: .done)
        }
        let found = try warnings(url)
        #expect(found.map(\.code) == [.foreignMacro])
        #expect(found.first?.message.contains("\"\(macro)\"") == true)
        #expect(found.first?.message.contains(" \(template)") == true)
        #expect(try warnings(try ConvertedURL(url).checked()) == [])
    }

    @Test func `percent-encoded text and words in capitals are left alone`() throws {
        let url =
            "https://t.example.com/%C3%A9t%C3%A9/p?name=a%20b%20c&e=%adid%20&country=US&event=FTD&__x=1&items[name]=1&i%5Bname%5D=2"
        let converted = ConvertedURL(url)
        #expect(converted.findings == [])
        #expect(try converted.checked() == url)
    }

    @Test func `a macro may stand in the path, and several in one value`() throws {
        let converted = ConvertedURL("https://t.example.com/p/[clickid]/[payout]?v=%payout%-%currency%&w=#s1#_#s2#")
        #expect(
            try converted.checked()
                == "https://t.example.com/p/{click_id}/{payout}?v={payout}-{currency}&w={sub1}_{sub2}")
    }

    @Test func `a macro in the host, and what is no URL, are refused as createPostback would`() {
        for url in ["https://[domain]/p?c={clickid}", "https://{sub1}.example.com/", "t.example.com/?c={clickid}"] {
            let error = #expect(throws: FunctionError.self) { try ConvertedURL(url).checked() }
            #expect(error?.code == .invalidRequest)
        }
    }
}
