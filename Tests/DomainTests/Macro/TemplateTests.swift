import Input
import JSON
import Testing

@testable import Domain

@Suite struct TemplateTests {
    private func render(_ text: String, _ values: MacroValues = .make()) throws -> String {
        try Template(parsing: text, in: .header).rendered(values)
    }

    @Test(arguments: [
        ("conversion_id", "11"), ("event_id", "21"), ("event_sequence", "2"), ("delivery_id", "42"), ("attempt", "1"),
        ("click_id", "ck 1&2"), ("transaction_id", "tx-1"), ("affiliate_id", "a1"), ("affiliate_name", "Ann & Söhne"),
        ("offer_id", "o1"), ("offer_name", "Offer One"), ("goal_id", "g1"), ("goal_name", "Sale"), ("status", "done"),
        ("previous_status", "pending"), ("status_reason", "ok"), ("payout", "12.30"), ("revenue", "20.00"),
        ("sale_amount", "100"),
        ("currency", "EUR"), ("ip", "192.0.2.9"), ("country", "DE"), ("user_agent", "UA/1.0 (x)"),
        ("clicked_at", "2023-11-14T22:13:20.123Z"), ("occurred_at", "2023-11-14T22:14:20.000Z"),
        ("status_at", "2023-11-14T22:15:00.000Z"), ("timestamp", "2023-11-14T22:16:40.500Z"), ("is_test", "0"),
        ("sub1", "s1"),
        ("params.sub1", "s1"), ("params.name", "Grüße/ü?#+%20"), ("sub2", ""), ("params.none", ""),
    ])
    func `each macro has its value`(name: String, value: String) throws {
        #expect(try render("<{\(name)}>") == "<\(value)>")
    }

    @Test(arguments: [
        ("{sub2|none}", "none"), ("{params.empty|none}", "none"), ("{click_id|none}", "ck 1&2"),
        ("{sub2|a:b|c}", "a:b|c"),
        ("{sub2|}", ""), ("{status:pending=2,done=1,rejected=3}", "1"), ("{status:pending=2|x}", "x"),
        ("{status:pending=2}", ""),
        ("{sub1:s1=one,s2=}", "one"), ("{sub1:s1=|x}", ""), ("{sub1:s1=a=b}", "a=b"), ("{sub2:s1=one|none}", "none"),
        ("{is_test:0=live,1=test}", "live"), ("{occurred_at:unix}", "1700000060"),
        ("{clicked_at:unixms}", "1700000000123"),
        ("{status_at:date}", "2023-11-14"), ("{timestamp:unix}", "1700000200"), ("{{click_id}}", "{click_id}"),
        ("{{{sub1}}}", "{s1}"), ("a}}b{{c", "a}b{c"), ("{params.evil}", "{payout}}{"), ("{sub2|payout}", "payout"),
        ("é{sub1}👋", "és1👋"), ("", ""),
    ])
    func `each modifier does what it says`(text: String, expected: String) throws {
        #expect(try render(text) == expected)
    }

    @Test(arguments: [
        ("{occurred_at:yyyy-MM-dd HH:mm:ss}", "2023-11-14 22:14:20"),
        ("{clicked_at:yyyyMMddTHHmmss.SSSZ}", "20231114T221320.123Z"), ("{status_at:dd.MM.yyyy}", "14.11.2023"),
        ("{timestamp:HH:mm:ss|none}", "22:16:40"), ("{occurred_at:dd/MM/yyyy at HH:mm GMT}", "14/11/2023 at 22:14 GMT"),
        ("{occurred_at:yyyy}", "2023"), ("{occurred_at:yyyy年MM月}", "2023年11月"), ("{occurred_at:a=b|c}", "c"),
    ])
    func `a time is written by a pattern, in UTC`(text: String, expected: String) throws {
        #expect(try render(text) == expected)
        let years = MacroValues.make {
            $0.occurredAt = Timestamp(parsing: "0001-02-03T04:05:06.007-00:00") ?? $0.occurredAt
        }
        #expect(try render("{occurred_at:yyyy MM dd HH mm ss SSS}", years) == "0001 02 03 04 05 06 007")
    }

    @Test(arguments: [
        ("12.30", "EUR", "1230", "12.30", "12"), ("12.3", "JPY", "12", "12.30", "12"), ("0", "EUR", "0", "0.00", "0"),
        ("12.345", "usd", "1235", "12.35", "12"), ("-12.345", "USD", "-1235", "-12.35", "-12"),
        ("12.3449", "USD", "1234", "12.34", "12"), ("12.5", "KRW", "13", "12.50", "13"),
        ("-0.5", "CLP", "-1", "-0.50", "-1"), ("-0.004", "USD", "0", "0.00", "0"), ("0.05", "KWD", "50", "0.05", "0"),
        ("9.9999", "BHD", "10000", "10.00", "10"), ("1.23456", "CLF", "12346", "1.23", "1"),
        (
            "99999999999999999999.995", "USD", "10000000000000000000000", "100000000000000000000.00",
            "100000000000000000000"
        ),
        ("7.1", "USDT", "710", "7.10", "7"), ("7.1", nil, "710", "7.10", "7"),
        ("0.000000000000000001", "EUR", "0", "0.00", "0"),
    ])
    func `money is rounded half away from zero, to the currency's minor units or to so many decimals`(
        amount: String, currency: String?, minor: String, fixed: String, whole: String
    ) throws {
        let values = MacroValues.make {
            $0.saleAmount = try? ExactDecimal(parsing: amount)
            $0.currency = currency
        }
        #expect(try render("{sale_amount:minor}", values) == minor)
        #expect(try render("{sale_amount:fixed=2}", values) == fixed)
        #expect(try render("{sale_amount:fixed=0}", values) == whole)
        #expect(try render("{sale_amount:fixed=18}", values).hasPrefix(amount))
    }

    @Test func `money without a value takes the default, and a map is still one`() throws {
        let values = MacroValues.make { $0.payout = nil }
        #expect(try render("{payout:minor|0}{payout:fixed=2|-}{payout:minor}", values) == "0-")
        #expect(try render("{payout:12.30=x}{sub1:fixed=2|no}") == "xno")
    }

    @Test func `times without a value take the default`() throws {
        let values = MacroValues.make { $0.clickedAt = nil }
        #expect(try render("{clicked_at:unix|0}{clicked_at:date}", values) == "0")
    }

    @Test(arguments: [
        ("abc}", "has a } without its { at character 4; a literal brace is written }}"),
        ("ab{click_id", "has a { that is not closed, at character 3; a literal brace is written {{"),
        ("{a{b}", "has a { that is not closed, at character 1; a literal brace is written {{"),
        ("é👋{clik_id}", #"has no macro "clik_id"; did you mean "click_id"? (at character 3)"#),
        ("{}", #"has no macro "" (at character 1)"#),
        ("{_click_id}", #"has "{_click_id}", but only a URL takes a value unencoded (at character 1)"#),
        ("{click_id:unix}", "has {click_id:unix}, but click_id is not a time (at character 1)"),
        ("{click_id:minor}", "has {click_id:minor}, but click_id is not an amount of money (at character 1)"),
        (
            "{payout:fixed=19}",
            #"has no format "fixed=19" for {payout}: fixed= takes the number of decimals, from 0 to 18 (at character 1)"#
        ),
        (
            "{occurred_at:YYYY-MM-DD}",
            #"has no format "YYYY" for a time: its parts are yyyy MM dd HH mm ss SSS; did you mean "yyyy"? (at character 1)"#
        ),
        (
            "{occurred_at:d.M.yyyy}",
            #"has no format "d" for a time: its parts are yyyy MM dd HH mm ss SSS; did you mean "dd"? (at character 1)"#
        ),
        (
            "{occurred_at:yyyy-MM-dd hh:mm}",
            #"has no format "hh" for a time: its parts are yyyy MM dd HH mm ss SSS; did you mean "HH"? (at character 1)"#
        ),
        (
            "{payout:minro}",
            #"has no format "minro" for {payout}; did you mean ":minor"? (at character 1)"#
        ),
        ("{sub1:number}", "has {sub1:number}, which is a JSON number: only as a param's whole value"),
        ("{is_test:boolean}", "has {is_test:boolean}, which is a JSON boolean: only as a param's whole value"),
        ("{sub1:number|x}", "has a default for {sub1:number} that is not a number (at character 1)"),
        ("{is_test:boolean|no}", "has a default for {is_test:boolean} that is not true or false (at character 1)"),
        ("{cid}", #"has no macro "cid"; did you mean "click_id"? (at character 1)"#),
        ("{payout:number}", "has {payout:number}, which is a JSON number: only as a param's whole value"),
        (
            "{status:don=1}",
            #"has a map for {status} with "don", which is no status; did you mean "done"? (at character 1)"#
        ),
        ("{status:done=1,done=2}", #"has a map for {status} with "done" twice (at character 1)"#),
        ("{status:done=1,2}", #"has a map for {status} whose part "2" is not value=replacement (at character 1)"#),
        ("{status:=1}", #"has a map for {status} whose part "=1" is not value=replacement (at character 1)"#),
        (
            "{occurred_at:unixx}",
            #"has no format "unixx" for {occurred_at}; did you mean ":unix"? (at character 1)"#
        ),
        (
            "{payout:num}",
            #"has no format "num" for {payout}; did you mean ":number"? (at character 1)"#
        ),
        (
            "{occurred_at:ms}",
            #"has no format "ms" for {occurred_at}; did you mean ":unixms"? (at character 1)"#
        ),
        (
            "{click_id:raw}",
            #"has no format "raw" for {click_id}; did you mean "{_click_id}"? (at character 1)"#
        ),
        (
            "{payout:nonsense}",
            #"has no format "nonsense" for {payout}; a map is written {payout:a=1,b=2} (at character 1)"#
        ),
        ("{payout:round=2}", #"has no format "round=2" for {payout}; did you mean ":fixed=2"? (at character 1)"#),
        ("{payout:fixd=3}", #"has no format "fixd=3" for {payout}; did you mean ":fixed=3"? (at character 1)"#),
        ("{payout:Fixed=x}", #"has no format "Fixed=x" for {payout}; did you mean ":fixed=2"? (at character 1)"#),
        ("{payout:cents=1}", #"has no format "cents=1" for {payout}; did you mean ":minor"? (at character 1)"#),
        (
            "{occurred_at:format=ymd}",
            #"has no format "format=ymd" for {occurred_at}; did you mean ":yyyy-MM-dd HH:mm:ss"? (at character 1)"#
        ),
        ("{click}", #"has no macro "click"; did you mean "click_id"? (at character 1)"#),
        ("{payout_usd}", #"has no macro "payout_usd"; did you mean "payout"? (at character 1)"#),
    ])
    func `an error names place and remedy`(text: String, message: String) {
        #expect(throws: Invalid(message)) { try Template(parsing: text, in: .header) }
    }

    @Test func `all that is wrong with a template is named, each with its place`() {
        func messages(_ text: String) -> [String] {
            do throws(Invalid) {
                _ = try Template(parsing: text, in: .url)
                return []
            } catch {
                return error.messages
            }
        }
        #expect(
            messages("é{clik_id}&b={payout:num}&c={zzzzzz}&d={click_id}&e={sub12") == [
                #"has no macro "clik_id"; did you mean "click_id"? (at character 2)"#,
                #"has no format "num" for {payout}; did you mean ":number"? (at character 14)"#,
                #"has no macro "zzzzzz" (at character 29)"#,
                "has a { that is not closed, at character 53; a literal brace is written {{",
            ])
        #expect(messages(String(repeating: "{x}", count: 2000)).count == 2000)
    }

    @Test func `random is one UUID per delivery, the same on each retry`() throws {
        let first = try render("{random}")
        #expect(first == (try render("{random}", .make(attempt: 2))))
        #expect(first.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        #expect(first != (try render("{random}", .make { $0.clickID = "other" })))
    }

    @Test func `a test says so`() throws {
        #expect(try render("{is_test}", .make(isTest: true)) == "1")
    }
}
