import Input
import JSON
import Testing

@testable import Domain

@Suite struct PostbackURLTests {
    @Test(arguments: [
        ("https://Example.COM", "https://example.com:443", "example.com"),
        ("HTTP://example.com:8080/a?b", "http://example.com:8080", "example.com"),
        ("http://example.com:80/", "http://example.com:80", "example.com"),
        ("https://192.0.2.1/x", "https://192.0.2.1:443", "192.0.2.1"),
        ("https://[2001:DB8:0::1]:444/x", "https://[2001:db8::1]:444", "2001:db8::1"),
        ("https://Bücher.example/ü", "https://bücher.example:443", "bücher.example"),
        ("https://a_b.x-y.example/", "https://a_b.x-y.example:443", "a_b.x-y.example"),
        ("https://h.example/{sub1}/?a={click_id}", "https://h.example:443", "h.example"),
        ("https://h.example?a=a@b:c", "https://h.example:443", "h.example"),
        ("https://1.2.3.4.example/", "https://1.2.3.4.example:443", "1.2.3.4.example"),
    ])
    func `a URL has its destination`(text: String, origin: String, host: String) throws {
        let url = try PostbackURL(parsing: text)
        #expect(url.origin == origin)
        #expect(url.host == host)
        #expect(url.text == text)
    }

    @Test(arguments: [
        ("", "must be absolute"), ("example.com", "must be absolute"), ("//example.com", "must be absolute"),
        ("ftp://example.com", "must be absolute"), ("https:/example.com", "must be absolute"),
        ("{sub1}://x", "must be absolute"),
        (" https://example.com", "must be absolute"), ("file:///etc/passwd", "must be absolute"),
        ("https://", "must have a host"),
        ("https:///x", "must have a host"), ("https://{sub1}.example/", "must not have macros in the host"),
        ("https://example.com:{sub1}/", "must not have macros in the host"),
        ("https://example.com{_sub1}", "must not have macros"),
        ("https://example.com{sub1|/}", "must not have macros"),
        ("https://u:p@example.com/", "must not have user info"),
        ("https://example.com@evil.example/", "must not have user info"),
        ("https://example.com:0/", "must have a port"),
        ("https://example.com:65536/", "must have a port"), ("https://example.com:/", "must have a port"),
        ("https://example.com:8o/", "must have a port"), ("https://example.com:+80/", "must have a port"),
        ("https://a:1:2/", "must have a port"),
        ("https://2130706433/", "has a host that some programs read as a number"),
        ("https://0x7f.1/", "has a host that some programs read as a number"),
        ("https://0x7f000001/", "has a host that some programs read as a number"),
        ("https://127.1/", "has a host that some programs read as a number"),
        ("https://010.0.0.1/", "has a host that some programs read as a number"),
        ("https://1.2.3.0x/", "has a host that some programs read as a number"),
        ("https://256.1.1.1/", "has a host that some programs read as a number"),
        ("https://１２７.0.0.1/", "has a host that some programs read as a number"),
        ("https://１２７.０.０.１/", "must have a valid host"),
        ("https://ｌocalhost/", "must have a valid host"), ("https://a。b/", "must have a valid host"),
        ("https://①.example/", "must have a valid host"),
        ("https://a..b/", "must have a valid host"), ("https://.a/", "must have a valid host"),
        ("https://a./", "must have a valid host"),
        ("https://-a.b/", "must have a valid host"), ("https://a-.b/", "must have a valid host"),
        ("https://a%41/", "must have a valid host"),
        ("https://a b/", "must have a valid host"), ("https://a,b/", "must have a valid host"),
        ("https://[::1/", "has a [ without its ]"),
        ("https://[1.2.3.4]/", "must have an IPv6 address"), ("https://[::1%25eth0]/", "must have an IPv6 address"),
        ("https://[::1]x/", "must have a port"), ("https://h/#top", "must not have a fragment"),
        ("https://h#", "must not have a fragment"), ("https://h#cid#", "must not have a fragment"),
        ("https://h/?a=#top#", "must not have a fragment"), ("https://h/?a=#cid", "must not have a fragment"),
        ("https://h/a b", "must not contain spaces"),
        ("https://h/a\nb", "must not contain the control character U+000A"),
        ("https://h\t/", "must not contain the control character U+0009"),
        ("https://h\\@evil/", "must not contain a backslash"),
        ("https://h/\u{85}", "must not contain the control character U+0085"),
        ("https://h/{clik_id}", #"has no macro "clik_id"; did you mean "click_id"? (at character 11)"#),
        ("https://h/{payout:number}", "has {payout:number}, which is a JSON number"),
        ("https://h/}", "has a } without its { at character 11"),
    ])
    func `what is no such URL is refused`(text: String, message: String) {
        let wrong = #expect(throws: Invalid.self) { try PostbackURL(parsing: text) }
        #expect(wrong?.message.hasPrefix(message) == true, "\(wrong?.message ?? "")")
    }

    @Test func `its length is limited`() throws {
        let fits = "https://h/" + String(repeating: "a", count: 8182)
        #expect(try PostbackURL(parsing: fits).text.utf8.count == 8192)
        #expect(throws: Invalid.self) { try PostbackURL(parsing: fits + "a") }
    }

    @Test(arguments: [
        ("https://H.example:443", "https://h.example/"), ("http://h.example:443?a=1", "http://h.example:443/?a=1"),
        ("https://h.example/p/{click_id}?c={click_id}", "https://h.example/p/ck%201%262?c=ck%201%262"),
        ("https://h.example/?n={params.name}", "https://h.example/?n=Gr%C3%BC%C3%9Fe%2F%C3%BC%3F%23%2B%2520"),
        ("https://h.example/?n={_params.name}", "https://h.example/?n=Gr%C3%BC%C3%9Fe/%C3%BC?%23+%20"),
        ("https://h.example/?n={_params.crlf}", "https://h.example/?n=a%0D%0AX-Evil:%201"),
        ("https://h.example/?n={params.evil}", "https://h.example/?n=%7Bpayout%7D%7D%7B"),
        ("https://h.example/{{x}}?a[]=1&b=%20|\"<>", "https://h.example/%7Bx%7D?a%5B%5D=1&b=%20%7C%22%3C%3E"),
        ("https://h.example/100%?a=%&b=%z&c=%4&d=%41%", "https://h.example/100%25?a=%25&b=%25z&c=%254&d=%41%25"),
        ("https://h.example/?a=%{sub1}&b=%4{delivery_id}", "https://h.example/?a=%25s1&b=%25442"),
        ("https://h.example/?a=^`'!$()*;,:@~", "https://h.example/?a=%5E%60'!$()*;,:@~"),
        ("https://[2001:db8::1]/[x]", "https://[2001:db8::1]/%5Bx%5D"),
        ("https://h.example/?c=#CID#&d=%%CID%%", "https://h.example/?c=%23CID%23&d=%25%25CID%25%25"),
        ("https://h.example/?n={_params.percent}", "https://h.example/?n=100%25%20%25%5B1%5D%2F"),
        ("https://h.example/.../..a/a../%2f..?/../.", "https://h.example/.../..a/a../%2f..?/../."),
        ("https://h.example/ü?q=日", "https://h.example/%C3%BC?q=%E6%97%A5"),
        ("https://h.example/{sub2|a b}", "https://h.example/a%20b"),
        ("https://h.example/{sub2}x", "https://h.example/x"),
        ("https://h.example/?t={clicked_at}", "https://h.example/?t=2023-11-14T22%3A13%3A20.123Z"),
    ])
    func `values are encoded for their place`(text: String, expected: String) throws {
        let values = MacroValues.make { $0.params.append(("percent", "100% %[1]%2F")) }
        #expect(try PostbackURL(parsing: text).rendered(values) == expected)
    }

    @Test(arguments: [
        ("{click_id}", "."), ("{click_id}", ".."), ("{_click_id}", "%2e"), ("{_click_id}", ".%2E"),
        ("{_click_id}", "%2E%2e"), ("{_click_id}", "../../x"), ("{_click_id}", "a/../x"), ("{_click_id}", "x/.?a"),
        (".{click_id}", ""), (".{click_id}", "."), ("%2e{click_id}", "."), ("a/..", ""), ("./{click_id}", "x"),
        ("%2E%2e/{click_id}", "x"), ("..?{click_id}", "x"),
    ])
    func `a segment of the path that leads to another path is not sent`(path: String, clickID: String) throws {
        let url = try PostbackURL(parsing: "https://h.example/p/\(path)")
        let error = #expect(throws: RenderingError.self) { try url.rendered(.make { $0.clickID = clickID }) }
        #expect(error?.code == .unsafeURL)
        #expect(
            try PostbackURL(parsing: "https://h.example/p?\(path.replacing("?", with: ""))").rendered(
                .make { $0.clickID = clickID }
            ).hasPrefix("https://h.example/p?"))
    }

    @Test(arguments: ["/a/../b", "/.", "/a/%2E%2e", "/..?x", "/{sub1}/./x"])
    func `a URL that no value makes safe is refused when it is set, and read when it is stored`(rest: String) throws {
        let text = "\"https://h.example\(rest)\""
        #expect(faults(.postbackURL(from: .caller), text).first?.contains("must not have the path segment") == true)
        #expect(faults(.postbackURL(from: .store), text) == [])
    }
}
