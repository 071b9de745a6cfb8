import Egress
import Testing

struct ProxyTests {
    @Test(arguments: [
        "http://proxy.example:3128", "HTTP://10.0.0.1:80/", "http://[fd00::1]:8080", "socks5h://proxy_1:1080",
        "http://u:p@proxy.example:3128", "http://u:@proxy.example:3128", "http://u%40x:p%3a%2f@127.0.0.1:3128",
    ])
    func `a proxy has a scheme, a host and a port`(text: String) throws {
        #expect(try Proxy(parsing: text).url == text)
    }

    @Test func `its user and password are decoded`() throws {
        let credentials = try Proxy(parsing: "http://u%40x:p%3a%c3%bc@h:1").credentials
        #expect(credentials?.user == "u@x")
        #expect(credentials?.password == "p:ü")
        #expect(try Proxy(parsing: "http://h:1").credentials == nil)
    }

    @Test(arguments: [
        "", "proxy.example:3128", "https://proxy.example:3128", "socks5://h:1", "http://proxy.example", "http://h:0",
        "http://h:65536", "http://h:x", "http://:1", "http://h:1/path", "http://h:1?x", "http://h:1 ",
        "http://secret@h:1", "http://:secret@h:1", "http://u:secret%zz@h:1", "http://u:secret@more@h:1",
        "http://u:secret/@h:1", "http://[::1:1", "http://[fe80::1%25lo]:1", "http://h\u{e9}:1", "http://u:secret\n@h:1",
    ])
    func `anything else is not a proxy, and is not repeated`(text: String) {
        let error = #expect(throws: Proxy.Invalid.self) { try Proxy(parsing: text) }
        #expect(error?.description.hasPrefix("must ") == true)
        #expect(error?.description.contains("secret") == false)
    }

    @Test func `a proxy does not print its password`() throws {
        let proxy = try Proxy(parsing: "http://u:secret@h:1")
        #expect(!"\(proxy) \(String(reflecting: proxy))".contains("secret"))
        var text = ""
        dump(proxy, to: &text)
        #expect(!text.contains("secret"))
    }
}
