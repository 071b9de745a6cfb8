import JSON
import TestSupport

/// Inputs around a good one: its fields, each left out, misspelt, and replaced by values on both sides of every border that the
/// schema draws and by ones of every other kind.
struct InputVariations {
    private let schema: JSON
    /// Replaces `HOST` in values, so that nothing is dialled.
    private let host: String

    init(_ schema: JSON, host: String) {
        self.schema = schema
        self.host = host
    }

    /// `known` is an input whose variations exist already; fields with the same value in both inputs are not varied
    /// again.
    func all(of input: JSON, besides known: JSON? = nil) -> [JSON] {
        [input] + variations(of: input, [schema], name: "", besides: known)
    }

    /// Random inputs with some of the fields, some of them varied.
    func combinations(of input: JSON, count: Int, _ random: inout SeededRandom) -> [JSON] {
        (0..<count).map { _ in
            var members = input.members.filter { _ in random.chance(80) }
            for index in members.indices where random.chance(15) {
                let name = members[index].name
                let values = candidates(parts(named: name, of: [schema]), name: name)
                members[index] = JSON.Member(name, random.pick(values))
            }
            return .object(members)
        }
    }

    private func variations(
        of value: JSON, _ schemas: [JSON], name: String, besides known: JSON? = nil
    ) -> [JSON] {
        let schemas = schemas.flatMap(Self.alternatives)
        var variations = name.isEmpty ? [] : candidates(schemas, name: name)
        switch value {
        case .object(let members):
            let described = schemas.flatMap { ($0["properties"] ?? .null).members.map(\.name) }
            let names = Set((described + members.map(\.name)).map(\.exact)).sorted()
            for name in names {
                if let known, known[name] == value[name] { continue }
                let inner = parts(named: name, of: schemas)
                let old = value[name]
                let replacements =
                    old.map { self.variations(of: $0, inner, name: name) } ?? candidates(inner, name: name)
                variations += replacements.map { value.merging(.object([JSON.Member(name, $0)])) }
                variations.append(.object(members.filter { !$0.isNamed(name) }))
                variations.append(.object(members.map { $0.isNamed(name) ? JSON.Member("\(name)s", $0.value) : $0 }))
            }
            let strange = [
                "zzz", "", " ", "a.b", "{click_id}", "idempotency\u{212A}ey", "Host", "x-one", "TE", "Authorization",
                "X:", "é", "\u{1}",
            ]
            variations += strange.map { value.merging(.object([JSON.Member($0, "x")])) }
            let limits = schemas.compactMap { $0["maxProperties"]?.integer }
            variations += limits.flatMap { [$0, $0 + 1] }.map { count in
                .object((0..<count).map { JSON.Member("n\($0)", "v") })
            }
        case .array(let items):
            let inner = schemas.compactMap { $0["items"] }
            for (index, item) in items.enumerated() {
                variations += self.variations(of: item, inner, name: name).map { new in
                    var items = items
                    items[index] = new
                    return .array(items)
                }
            }
            variations += [.array(items + items), .array(items.reversed())]
            if let item = items.first {
                for limit in schemas.flatMap({ [$0["minItems"]?.integer, $0["maxItems"]?.integer].compactMap(\.self) })
                {
                    variations += [limit - 1, limit, limit + 1].filter { (0...20_000).contains($0) }.map {
                        .array(Array(repeating: item, count: $0))
                    }
                }
            }
        default: break
        }
        return variations
    }

    /// The values that these schemas could accept.
    private func candidates(_ schemas: [JSON], name: String) -> [JSON] {
        let schemas = schemas.flatMap(Self.alternatives)
        var values = Self.kinds + (Self.handWritten[name] ?? []).map(hosted)
        for schema in schemas {
            values += (schema["enum"]?.items ?? []) + [schema["const"]].compactMap(\.self)
            for border in [schema["minimum"], schema["maximum"]].compactMap({ $0?.integer }) {
                values += [
                    .integer(border), .integer(border == .min ? border : border - 1),
                    .integer(border == .max ? border : border + 1),
                ]
            }
            for border in [schema["minLength"], schema["maxLength"]].compactMap({ $0?.integer }) where border <= 10_000
            {
                values += [border - 1, border, border + 1].filter { $0 >= 0 }.flatMap { length in
                    [.string(String(repeating: "a", count: length)), .string(String(repeating: "é", count: length))]
                }
            }
        }
        return values
    }

    private func parts(named name: String, of schemas: [JSON]) -> [JSON] {
        schemas.flatMap(Self.alternatives).flatMap { schema in
            [schema["properties"]?[name], schema["additionalProperties"]].compactMap(\.self)
        }
    }

    private static func alternatives(_ schema: JSON) -> [JSON] {
        [schema] + (schema["anyOf"]?.items ?? []).flatMap(alternatives)
    }

    private func hosted(_ value: JSON) -> JSON {
        value.text.map { .string($0.replacing("HOST", with: host)) } ?? value
    }

    /// One value of each kind, and values that are easily confused.
    private static let kinds: [JSON] = [
        nil, true, false, 0, 1, -1, .number("1.5"), .number("1.0"), .number("1e2"), .number("-0"), .number("1e400"),
        .number("1E-400"),
        .number("9223372036854775807"), .number("9223372036854775808"), .number("-9223372036854775809"),
        .number(String(repeating: "9", count: 38)), .number("1" + String(repeating: "0", count: 38)),
        .number("-" + String(repeating: "9", count: 38)), "", " ", "x", "1", "*", "***", "null", "\u{7F}", "a\u{85}",
        "a\nb", "\n", "e\u{301}",
        "\u{FFFE}\u{FFFF}", "👩‍👩‍👧", "\u{202E}", "{click_id}", "{", [], [[]], [nil], ["x"], [:], ["x": 1], ["sealed": "x"],
        ["sealed": 1], ["sealed": "x", "more": 1], ["id": "x"], ["login": "l"], ["login": "a:b", "password": "p"],
        ["token": "t"], ["token": "t", "scheme": nil], ["token": "t#", "scheme": "Bearer"], ["token": "t#"],
        ["token": "t", "login": "l"],
        ["token": "t", "scheme": "Digest"],
    ]

    private static let money: [JSON] = [
        "0", "-0", "12", "12.30", "-12.30", "12.", ".5", "01", "+1", "1e3", "1E+3", "1e-18", "1e-19", "1e20", "1e19",
        "12e18", "0e99", "1e", "1,5",
        "12345678901234567890", "123456789012345678901", "0.123456789012345678", "0.1234567890123456789", "0x1", "１",
        "12.3 ",
        "12\n", .number("12345678901234567890"), .number("123456789012345678901"), .number("0.123456789012345678"),
        .number("0.1234567890123456789"), .number("1e19"), .number("1e20"), .number("-1e20"),
        .number("99999999999999999999.5"),
        .number("0." + String(repeating: "0", count: 70)),
    ]
    private static let times: [JSON] = [
        "2026-01-02T03:04:05Z", "2026-01-02t03:04:05z", "2026-01-02 03:04:05Z", "2026-01-02", "2026-01-02T03:04:05",
        "2026-02-29T00:00:00Z",
        "2024-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00+23:59",
        "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+0100", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:60Z", "10000-01-01T00:00:00Z",
        "２０２６-01-01T00:00:00Z", "2026-01-02T03:04:05Z\n", "infinity", "now",
    ]
    private static let params: [JSON] = [
        ["a": "x"], ["": "x"], ["{a}": "x"], ["a\u{7F}": "x"], ["é": "x"], ["a b": "x"], ["a.b-c_D9": "x"], ["a": 1],
        ["a": nil], ["a": ["b": "{clik_id}"]],
        ["a": ["{": 1]], ["a": [["{click_id}"]]], ["a": "{click_id"], ["a": "{{}}"], ["a": "x{payout:number}"],
        ["a": "{sub1:number}"], ["a": "{is_test:boolean|x}"], ["a": "{occurred_at:yyyy-MM-dd}"],
        ["a": "{occurred_at:YYYY}"], ["a": "{payout:minor:number|0}"], ["a": "{payout:fixed=99}"],
    ]
    private static let headers: [JSON] = [
        ["X": "{click_id}"], ["X": "{click_id:unix}"], ["X": "{payout:number}"], ["Host": "x"], ["hOST": "x"],
        ["TE": "x"], ["Tea": "x"],
        ["Content-Length": "1"], ["Transfer-Encoding": "chunked"], ["Connection": "close"], ["HTTP2-Settings": "x"],
        ["Proxy-Connection": "x"], ["Expect": "100"], ["Webhook-Id": "x"],
        ["Postback-Attempt": "1"], ["Authorization": "x"], ["X Y": "x"], ["X:": "x"], ["": "x"], ["é": "x"],
        ["A": "x", "a": "y"], ["X": "a\r\nb"],
        ["X": 1], ["X": nil], ["Cookie": "***"], ["X-Token": "{clik}"], ["X": "***"], ["X-Token": ["sealed": "x"]],
        ["X": ["sealed": "x"]],
    ]
    private static let secrets: [JSON] = [
        "***", "abc", "abc=", "abc==", "a=b", "a b", "é", ["sealed": "1.x"], "{click_id}",
    ]

    /// Values for fields that need more than values of their kind, by name.
    private static let handWritten: [String: [JSON]] = [
        "url": [
            "http://HOST", "https://HOST/", "HTTP://HOST/?a={click_id}", "http://HOST/{clik_id}",
            "http://HOST/{click_id", "http://HOST/}",
            "http://HOST/{_click_id|a b}", "http://HOST/a b", "http://HOST/#f", "http://HOST/?a=#cid#",
            "http://HOST/a/../b", "http://HOST/%2e", "http://HOST/\\", "ftp://HOST/",
            "//HOST/", "http:/HOST/", "http://", "http:///x",
            "http://{click_id}/", "http://user@HOST/", "http://HOST:0/", "http://1.2.3/", "http://0x7f.1/",
            "http://2130706433/", "http://[::1/",
            "http://a..b/", "http://-a/", "http://a_b.HOST.invalid:x/", "http://HOST/\n", "http://HOST/é",
            "http://HOST/{payout:number}",
            .string("http://HOST/" + String(repeating: "a", count: 8200)),
            .string("http://HOST/" + String(repeating: "é", count: 4096)),
        ],
        "payout": money, "revenue": money, "saleAmount": money, "since": times, "until": times, "at": times,
        "clickedAt": times, "occurredAt": times,
        "params": params, "requestParams": params, "requestHeaders": headers, "password": secrets, "token": secrets,
        "X-One": secrets, "X-Api-Key": secrets,
        "ip": [
            "192.0.2.1", "192.0.2.01", "192.0.2", "192.0.2.256", "::", "2001:db8::1", "2001:db8::1%eth0",
            "::ffff:192.0.2.1", "1::2::3", "[::1]", "::1/64", "１.2.3.4",
        ],
        "currency": ["usd", "US", "USDT", "TOOLONGCODE", "U$D", "USD\n"],
        "country": ["de", "D", "DEU", "D1", "ÄÖ", "DE\n"],
        "signingSecret": [
            "whsec_", "whsec_AAAA", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw  whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAB==",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAA==", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAA=", "***",
            .string("whsec_" + String(repeating: "A", count: 84) + "AA=="),
            .string("whsec_" + String(repeating: "A", count: 84) + "AAA="),
            .string("whsec_" + String(repeating: "A", count: 88)),
        ],
        "skipWhenEmpty": [
            ["click_id"], ["clik_id"], ["sub10"], ["sub11"], ["sub0"], ["params."], ["params.a b"], ["{click_id}"],
            [""],
        ],
        "statuses": [["200"], ["200-299"], ["204-200"], ["199"], ["300"], ["2000"], ["200-"], ["200 "], ["２00"]],
        "after": ["MQ==", "MQ", "MR==", "AA==", "gA==", "eA==", "LTE=", "MTIz\n", "OTIyMzM3MjAzNjg1NDc3NTgwOA==", ""],
        "offerId": [.number("1.50"), "*"], "affiliateId": ["*"], "state": ["in_flight", "inFlight"],
        "httpType": ["get", "POST", "POST(form)"],
        "goals": [
            [["id": "a"], ["id": "a"]], [["id": "é"], ["id": "e\u{301}"]], [["id": "a", "name": ""]], [["name": "a"]],
        ],
        "deliveryIds": [[1, 1], [0], ["1"]], "filter": [["state": nil], ["state": "dead"]],
    ]
}
