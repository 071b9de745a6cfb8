import Testing

@testable import Domain

struct ByteMatcherTests {
    private func replaced(_ text: String, _ patterns: [String], endsFrom shortest: Int? = nil) -> String {
        let matcher = ByteMatcher(patterns.map { Array($0.utf8) })
        return String(
            decoding: matcher.replacing(in: Array(text.utf8), with: [0x2A], endsFrom: shortest), as: UTF8.self)
    }

    @Test func `every occurrence is replaced, and those that overlap together`() {
        #expect(replaced("abc-abcabc-ab", ["abc"]) == "*-**-ab")
        #expect(replaced("xabcdey", ["abc", "cde"]) == "x*y")
        #expect(replaced("xaaaaay", ["aaa"]) == "x*y")
        #expect(replaced("xabcdy", ["bc", "abcd"]) == "x*y")
        #expect(replaced("xabcy", ["abcd", "bc"]) == "xa*y")
        #expect(replaced("ushers", ["he", "she", "his", "hers"]) == "u*")
        #expect(replaced("text", []) == "text")
        #expect(replaced("", ["a", ""]) == "")
    }

    @Test func `the beginning of a pattern at the end of a text counts where the text is cut, and is long enough`() {
        #expect(replaced("x-abc", ["abcdef"], endsFrom: 3) == "x-*")
        #expect(replaced("x-ab", ["abcdef"], endsFrom: 3) == "x-ab")
        #expect(replaced("x-abc", ["abcdef"]) == "x-abc")
        #expect(replaced("x-abca", ["abc", "cabd"], endsFrom: 1) == "x-*")
    }

    @Test func `of a pattern that is longer than any text the beginning is enough`() {
        let matcher = ByteMatcher([Array("abcdefgh".utf8)], textLimit: 4)
        #expect(matcher.replacing(in: Array("abcd".utf8), with: [], endsFrom: 4) == [])
        #expect(matcher.replacing(in: Array("abcd".utf8), with: []) == Array("abcd".utf8))
        #expect(!matcher.occurs(in: Array("abcd".utf8)))
    }

    /// Compares the matcher with a search for every pattern at every position.
    @Test func `it finds what a plain search finds`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            func bytes(_ count: ClosedRange<Int>) -> [UInt8] {
                (0..<Int.random(in: count, using: &random)).map { _ in UInt8.random(in: 0...1, using: &random) }
            }
            let patterns = (0..<Int.random(in: 1...5, using: &random)).map { _ in bytes(1...6) }
            let text = bytes(0...40)
            var isHidden = [Bool](repeating: false, count: text.count)
            for pattern in patterns where pattern.count <= text.count {
                for start in 0...(text.count - pattern.count)
                where text[start..<start + pattern.count].elementsEqual(pattern) {
                    for place in start..<start + pattern.count { isHidden[place] = true }
                }
            }
            let matcher = ByteMatcher(patterns)
            let expected = zip(text, isHidden).filter { !$1 }.map(\.0)
            #expect(matcher.replacing(in: text, with: []) == expected, "\(patterns) in \(text)")
            #expect(matcher.occurs(in: text) == isHidden.contains(true), "\(patterns) in \(text)")
        }
    }
}
