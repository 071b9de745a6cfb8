import JSON
import Testing

@testable import Domain

@Suite struct PostbackWarningTests {
    private static let plain = "https://t.example/p?cid={click_id}&status={status}"

    private func warnings(
        _ url: String = plain, _ more: String = "", type: String = "GET", on status: ConversionStatus = .pending
    ) throws -> [PostbackWarning] {
        let settings = #"{"url":"\#(url)","httpType":"\#(type)"\#(more.isEmpty ? "" : ",\(more)")}"#
        return try template(settings, from: .caller).warnings(firingOn: status)
    }

    private func codes(
        _ url: String = plain, _ more: String = "", type: String = "GET", on status: ConversionStatus = .pending
    ) throws -> [PostbackWarning.Code] {
        try warnings(url, more, type: type, on: status).map(\.code)
    }

    @Test func `what is as it should be is not warned of`() throws {
        #expect(try warnings() == [])
        #expect(
            try warnings(
                "https://t.example/p/{transaction_id}?a[]=1&a[]=2&filter[status]=x&i%5Bname%5D=2&note=(c)%202026&p=100%25",
                #""requestParams":{"s":"{status}","html":"a &amp; b","c":"(c)","l":["[x]","{{literal}}"],"n":1},"requestHeaders":{"User-Agent":"Mozilla/5.0 (X11; U) [en]","Accept-Encoding":"identity","X-Api-Key":"grüße"}"#,
                type: "POST(JSON)") == [])
    }

    @Test(arguments: [
        ("%7Bclick_id%7D", "{click_id}"), ("%7bclick_id%7d", "{click_id}"), ("%7B%7Bpayout%7D%7D", "{payout}"),
        ("[cid]", "{click_id}"), ("[payout]", "{payout}"), ("[[payout]]", "{payout}"), ("__CID__", "{click_id}"),
        ("__CLICKID__", "{click_id}"), ("%%CID%%", "{click_id}"), ("%%STATUS%%", "{status}"), ("%payout%", "{payout}"),
        ("#CID#", "{click_id}"), ("#s2#", "{sub2}"), ("%23payout%23", "{payout}"), ("$CID$", "{click_id}"),
        ("$clickid", "{click_id}"), ("<cid>", "{click_id}"), ("%3Ccid%3E", "{click_id}"), ("(cid)", "{click_id}"),
        ("@cid@", "{click_id}"), (":payout:", "{payout}"), ("{{cid}}", "{click_id}"), ("{{payout|0}}", "{payout}"),
        ("%24%7Bpayout%7D", "{payout}"), ("TRANSACTION_ID", "{transaction_id}"), ("a-$CID$-b", "{click_id}"),
        ("x[payout]y", "{payout}"), ("__CLIKID__", "{click_id}"), ("%5Bsub_id_3%5D", "{sub3}"),
        ("${click_id}", "{click_id}"), ("{{{click_id}}}", "{click_id}"), ("%%{click_id}%%", "{click_id}"),
    ])
    func `another network's macro is named with the one that it resembles, wherever it stands`(
        piece: String, macro: String
    ) throws {
        let named = piece.hasPrefix("a-") ? "$CID$" : piece.hasPrefix("x[") ? "[payout]" : piece
        func check(_ found: [PostbackWarning], _ field: String) throws {
            let foreign = found.filter { $0.code == .foreignMacro }
            try #require(foreign.count == 1, "\(field) \(found)")
            #expect(foreign[0].message.hasPrefix("\(field) has \"\(named)\", which is sent unchanged"))
            #expect(foreign[0].message.contains(" \(macro)"))
        }
        try check(try warnings("\(Self.plain)&x=\(piece)"), "url")
        try check(try warnings("https://t.example/\(piece)?c={click_id}&s={status}"), "url")
        try check(try warnings("\(Self.plain)&x={sub1}&y=\(piece)&z={sub2}"), "url")
        for type in HTTPType.allCases {
            try check(
                try warnings(Self.plain, #""requestParams":{"x":"\#(piece)"}"#, type: type.rawValue), "requestParams.x")
        }
        try check(
            try warnings(Self.plain, #""requestParams":{"x":[{"y":["\#(piece)"]}]}"#, type: "POST(JSON)"),
            "requestParams.x[0].y[0]")
        try check(try warnings(Self.plain, #""requestHeaders":{"X-One":"\#(piece)"}"#), "requestHeaders.X-One")
    }

    @Test(arguments: [
        "[]", "[x]", "(c)", "{{literal}}", "{{}}", "{{{{}}}}", "$5$", "$", "__x__", "__init__", "%%", "50%25", "a__b",
        "#1",
        "(see below)", "<b>", "<sale><amount>{payout}</amount></sale>", "the [status] of it", "(optional)", "USD",
        "PURCHASE", "%C3%A9t%C3%A9", "%20status%20", "${payout}", "me@example.com", "12:30:00", "*", "[1,2]",
        #"{{\"status\":\"{status}\"}}"#, "{{'a':1}}",
    ])
    func `plain text is no macro`(text: String) throws {
        #expect(
            try warnings(Self.plain, #""requestParams":{"x":"\#(text)"},"requestHeaders":{"X-One":"\#(text)"}"#) == [])
    }

    @Test func `many foreign macros are named up to a limit, each once`() throws {
        let pieces = (1...30).map { "[sub\($0)]" }.joined(separator: "-")
        #expect(try codes("\(Self.plain)&x=\(pieces)") == Array(repeating: .foreignMacro, count: 10))
        #expect(try codes("\(Self.plain)&x=[cid]&y=[cid]") == [.foreignMacro])
    }

    @Test(arguments: [
        ("https://t.example/p?c={click_id}", ConversionStatus.pending, [PostbackWarning.Code.noStatus]),
        ("https://t.example/p?c={click_id}", .rejected, [.noStatus]), ("https://t.example/p?c={click_id}", .done, []),
        ("https://t.example/p?c={click_id}&s={status:done=1}", .rejected, []),
        ("https://t.example/p?c={click_id}&cnv_status=3", .rejected, []),
        ("https://t.example/p?c={click_id}&e=declined", .rejected, []),
        ("https://t.example/p?c={click_id}&e=pending", .rejected, [.noStatus]),
        ("https://t.example/refund?c={click_id}", .rejected, []),
        ("https://rejected.example/p?c={click_id}", .rejected, [.noStatus]),
        (
            "https://t.example/p?c={click_id}&r={status_reason}&t={status_at}&p={previous_status}", .rejected,
            [.noStatus]
        ),
    ])
    func `a request that tells no status though it does not fire on done`(
        url: String, status: ConversionStatus, expected: [PostbackWarning.Code]
    ) throws {
        #expect(try codes(url, on: status) == expected)
        for more in [
            #""requestParams":{"q":"{status}"}"#, #""requestHeaders":{"X-Status":"2"}"#,
            #""requestParams":{"status":4}"#,
        ] {
            #expect(try codes(url, more, on: status) == [])
        }
    }

    @Test func `a request without macros, and one by which no click is found`() throws {
        #expect(try codes("https://t.example/p", on: .done) == [.noMacro, .noClickID])
        #expect(try codes("https://t.example/p?x=%7Bclick_id%7D", on: .done) == [.noMacro, .foreignMacro, .noClickID])
        #expect(try codes("https://t.example/p?s={status}&p={payout}&r={random}") == [.noClickID])
        for macro in ["click_id", "_click_id|x", "transaction_id", "conversion_id", "sub7", "params.gclid"] {
            #expect(try codes("https://t.example/{\(macro)}?s={status}") == [])
        }
        #expect(try codes("https://t.example/?s={status}", #""requestHeaders":{"X-Click":"{click_id}"}"#) == [])
        #expect(
            try codes("https://t.example/?s={status}", #""requestParams":{"a":[{"b":"{sub1}"}]}"#, type: "POST(JSON)")
                == [])
    }

    @Test func `a URL that was copied from a page's source`() throws {
        let found = try warnings("\(Self.plain)&amp;payout={payout}")
        #expect(found.map(\.code) == [.htmlEntity])
        #expect(found[0].message.contains("url has \"&amp;\""))
        #expect(try codes(Self.plain, #""requestParams":{"amp;payout":"{payout}"}"#) == [.htmlEntity])
        #expect(try codes(Self.plain, #""requestParams":{"next":"https://x.example/?a=1&amp;b=2"}"#) == [.htmlEntity])
    }

    @Test func `a name that is sent twice`() throws {
        let found = try warnings(
            "\(Self.plain)&p%61yout=1", #""requestParams":{"payout":"{payout}","cid":"{click_id}"}"#)
        #expect(found.map(\.code) == [.repeatedParam])
        #expect(found[0].message.hasPrefix("\"cid\", \"payout\": sent twice"))
        #expect(try codes("\(Self.plain)&cid={sub1}") == [.repeatedParam])
        #expect(try codes("\(Self.plain)&a[]=1&a%5B%5D=2&CID=1") == [])
    }

    @Test(arguments: [
        "api_key", "key", "apikey", "token", "access-token", "client_secret", "signature", "password", "auth", "PWD",
        "X-Auth-Key",
    ])
    func `a secret in the URL is warned of and not repeated`(name: String) throws {
        let found = try warnings("\(Self.plain)&\(name)=s3cret&b=1")
        #expect(found.map(\.code) == [.secretInURL])
        #expect(found[0].message.contains("\"\(name)\"") && !found[0].message.contains("s3cret"))
        #expect(try codes("\(Self.plain)&\(name)={sub1}&\(name)x=") == [])
    }

    @Test(arguments: ["keyword", "keywords", "author", "author_name", "monk"])
    func `a name that only sounds like a secret's`(name: String) throws {
        #expect(try codes("\(Self.plain)&\(name)=shoes") == [])
    }

    @Test(arguments: [
        ("br", true), ("gzip, deflate", true), ("identity, gzip;q=0.5", true), ("*", true), ("{sub1}", true),
        ("identity", false), ("", false), ("Identity;q=1, *;q=0", false), ("gzip;q=0.0", false),
    ])
    func `an answer that may come compressed is read as it comes`(value: String, isWarned: Bool) throws {
        let header = #""requestHeaders":{"accept-encoding":"\#(value)"}"#
        #expect(try codes(Self.plain, header) == (isWarned ? [.acceptEncoding] : []))
        let judged = try warnings(Self.plain, header + #","successWhen":{"bodyContains":"OK"}"#)
        #expect(judged.allSatisfy { $0.message.contains("successWhen looks into the compressed bytes") })
    }

    @Test(arguments: ["Grüße", "{sub1|ü}", "{status:pending=ä}"])
    func `a header beyond ASCII`(value: String) throws {
        #expect(try codes(Self.plain, #""requestHeaders":{"X-One":"\#(value)"}"#) == [.headerNotASCII])
    }

    @Test func `all at once come in one order, and hold no secret`() throws {
        let found = try warnings(
            "https://t.example/p?api_key=s3cret-one&amp;payout=[payout]",
            #""requestParams":{"api_key":"s3cret-two"},"requestHeaders":{"Accept-Encoding":"br","X":"é","X-Token":"s3cret-three [cid]"},"basicAuth":{"token":"s3cret-four","scheme":"Bearer"}"#
        )
        #expect(found.map(\.code) == Array(PostbackWarning.Code.allCases.dropFirst()))
        #expect(!found.contains { $0.message.contains("s3cret") })
    }
}
