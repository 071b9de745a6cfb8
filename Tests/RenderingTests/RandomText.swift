import TestSupport

/// Text that tries to break out of its place, and text that breaks careless code.
enum RandomText {
    private static let snippets = [
        "{payout}", "{click_id|x}", "{{", "}}", "{", "}", "{_params.a}", "{{payout}}", "\r\nX-Evil: 1\r\n\r\n", "\r\n",
        "\n", "\r",
        "%0d%0a", "%00", "%2F", "%", "%zz", "../..", ".", "..", "/", "//", "?", "#", "&", "=", "+", ";", "&admin=1",
        "&amp;",
        " ", "\t", "\"", "'", "\\", "\\u0000", "\\n", "\",\"x\":\"", "</script>", "<", ">", "|", "^", "`", "~", ":",
        ",", "@", "[", "]",
        "'; DROP TABLE postbacks; --", "é", "e\u{301}", "\u{301}", "\u{212B}", "\u{C5}", "A\u{30A}", "ß", "漢字",
        "\u{202E}", "\u{200F}", "\u{200D}",
        "👩‍👩‍👧", "🇩🇪", "👋🏽", "\u{FFFE}", "\u{FFFF}", "\u{1FFFE}", "\u{10FFFF}", "\u{FEFF}", "\u{2028}", "\u{2029}",
        "\u{FFFD}", "\u{E000}",
        "\u{A0}", "\u{AD}", "\u{3000}", "\u{212A}", "0", "00", "-0", "1e5", "null", "true", "NaN", "***",
    ]
    private static let controls = (Array(1...0x1F) + Array(0x7F...0x9F)).compactMap { Unicode.Scalar(UInt32($0)) }

    /// Up to about `pieces` of anything; sometimes nothing at all.
    static func make(_ random: inout SeededRandom, pieces: Int = 6, controlCharacters: Bool = true) -> String {
        if random.chance(8) { return "" }
        var text = ""
        for _ in 0..<Int.random(in: 1...pieces, using: &random) {
            switch Int.random(in: 0..<10, using: &random) {
            case 0: text.unicodeScalars.append(random.pick(controls))
            case 1...2: text += random.pick(["a", "Z", "7", "word", "x-1_2.3"])
            case 3: text.unicodeScalars.append(anyScalar(&random))
            default: text += random.pick(snippets)
            }
        }
        return controlCharacters ? text : text.withoutControls
    }

    /// Every scalar but NUL, which JSON inputs may not hold.
    private static func anyScalar(_ random: inout SeededRandom) -> Unicode.Scalar {
        while true {
            let limit: UInt32 = random.pick([0x7F, 0x7FF, 0xFFFF, 0x10FFFF])
            if let scalar = Unicode.Scalar(UInt32.random(in: 1...limit, using: &random)) { return scalar }
        }
    }
}

extension String {
    var withoutControls: String { String(String.UnicodeScalarView(unicodeScalars.filter { !$0.isControl })) }
    var hasControls: Bool { unicodeScalars.contains(where: \.isControl) }

    /// Without some characters.
    func without(_ characters: String) -> String {
        String(String.UnicodeScalarView(unicodeScalars.filter { !characters.unicodeScalars.contains($0) }))
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}
