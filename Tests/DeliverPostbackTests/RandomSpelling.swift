import TestSupport

/// A URL whose host some parsers read as an address of this machine or as a forbidden one.
enum RandomSpelling {
    static func url(port: UInt16, _ random: inout SeededRandom) -> String {
        let schemes = ["http://", "HTTP://", "https://", "http:///", "http:/", "http:\\\\"]
        let scheme = Bool.random(using: &random) ? "http://" : schemes.randomElement(using: &random) ?? ""
        let user = Int.random(in: 0..<12, using: &random) == 0 ? "t.example@" : ""
        let tail = ["/", "", "/x?y={click_id}", "?a=b", "#x", "\\@t.example/"].randomElement(using: &random) ?? ""
        return "\(scheme)\(user)\(disguised(host(&random), &random)):\(port)\(tail)"
    }

    private static func host(_ random: inout SeededRandom) -> String {
        let addresses: [UInt32] = [
            0x7f00_0001, 0x7f00_0001, 0x7f01_0203, 0x0a00_0001, 0xc0a8_0101, 0xac10_0001, 0xa9fe_a9fe, 0x6440_0001, 0,
            0xa83f_8110, 0x6464_64c8, 0xe000_0001, 0xffff_ffff, 0xc612_0001, 0xcb00_7101,
        ]
        let address = addresses.randomElement(using: &random) ?? 0x7f00_0001
        if Int.random(in: 0..<8, using: &random) == 0 {
            return ["localhost", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[ff02::1]", "ip6-localhost"]
                .randomElement(using: &random) ?? "localhost"
        }
        return Bool.random(using: &random) ? four(address, &random) : six(address, &random)
    }

    /// The form of inet_aton: one to four parts, each decimal, octal or hexadecimal.
    private static func four(_ address: UInt32, _ random: inout SeededRandom) -> String {
        let count = Int.random(in: 1...4, using: &random)
        var parts = (0..<count - 1).map { UInt64(address >> UInt32(24 - 8 * $0) & 0xff) }
        parts.append(UInt64(address) & ((1 << UInt64(8 * (5 - count))) - 1))
        let isPlain = count == 4 && Bool.random(using: &random)
        return parts.map { isPlain ? "\($0)" : number($0, &random) }.joined(separator: ".")
    }

    private static func number(_ value: UInt64, _ random: inout SeededRandom) -> String {
        let zeros = String(repeating: "0", count: Int.random(in: 0...3, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return "0x\(zeros)\(String(value, radix: 16))"
        case 1: return "0X\(zeros)\(String(value, radix: 16, uppercase: true))"
        case 2: return "0\(zeros)\(String(value, radix: 8))"
        // A number beyond the width of its part, which some parsers wrap around.
        case 3: return "\(value + 256 * UInt64.random(in: 0...1, using: &random))"
        default: return "\(value)"
        }
    }

    /// In one of the forms that carry IPv4 in IPv6.
    private static func six(_ address: UInt32, _ random: inout SeededRandom) -> String {
        let high = String(address >> 16, radix: 16)
        let low = String(address & 0xffff, radix: 16)
        let inverted = String(~address >> 16, radix: 16) + ":" + String(~address & 0xffff, radix: 16)
        let dotted = (0..<4).map { "\(address >> UInt32(24 - 8 * $0) & 0xff)" }.joined(separator: ".")
        let forms = [
            "::ffff:\(high):\(low)", "::ffff:\(dotted)", "0:0:0:0:0:ffff:\(high):\(low)", "::\(high):\(low)",
            "::\(dotted)",
            "::ffff:0:\(high):\(low)", "64:ff9b::\(high):\(low)", "64:ff9b::\(dotted)", "64:ff9b:1::\(high):\(low)",
            "2002:\(high):\(low)::1", "2001::808:808:0:0:\(inverted)", "2001:0:\(high):\(low)::",
            "2a00::5efe:\(high):\(low)",
        ]
        let form = forms.randomElement(using: &random) ?? ""
        let zone = Int.random(in: 0..<10, using: &random) == 0 ? "%25lo" : ""
        return "[\(Bool.random(using: &random) ? form.uppercased() : form)\(zone)]"
    }

    /// Some characters written as others that are read as the same.
    private static func disguised(_ host: String, _ random: inout SeededRandom) -> String {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return host + "."
        case 1: return host.map { $0.isNumber ? fullWidth($0) : String($0) }.joined()
        case 2: return host.replacing(".", with: ["。", "．", "｡"].randomElement(using: &random) ?? "。")
        case 3: return host.utf8.map { "%" + String($0, radix: 16) }.joined()
        case 4:
            let marks = ["\u{ad}", "\u{200b}", "\u{2060}", "\u{0301}", "\0", "\t", " ", "%00"]
            return host.prefix(1) + (marks.randomElement(using: &random) ?? "") + host.dropFirst()
        default: return host
        }
    }

    private static func fullWidth(_ digit: Character) -> String {
        guard let value = digit.wholeNumberValue, let scalar = Unicode.Scalar(0xff10 + UInt32(value)) else { return "" }
        return String(Character(scalar))
    }
}
