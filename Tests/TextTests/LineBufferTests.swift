import Testing
import Text

/// Tests that bytes are cut into lines, in whatever parts they arrive.
struct LineBufferTests {
    /// The lines of a text, fed in parts of so many bytes; an overlong one with a plus sign in front.
    private func lines(_ text: String, parts size: Int, limit: Int = .max, kept: Int = 0) -> [String] {
        var buffer = LineBuffer(lengthLimit: limit, keptOfOverlong: kept)
        var lines: [String] = []
        func add(_ line: LineBuffer.Line) {
            switch line {
            case .whole(let bytes): lines.append(String(decoding: bytes, as: UTF8.self))
            case .overlong(let beginning): lines.append("+" + String(decoding: beginning, as: UTF8.self))
            }
        }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            buffer.feed(rest.prefix(size)) { add($0) }
            rest = rest.dropFirst(size)
        }
        if let last = buffer.finish() { add(last) }
        #expect(buffer.heldBytes == 0 && buffer.finish() == nil)
        return lines
    }

    @Test(arguments: 1...9)
    func `lines are the same in parts of any size`(size: Int) {
        #expect(lines("one\ntwo\n\nfour", parts: size) == ["one", "two", "", "four"])
        #expect(lines("one\n", parts: size) == ["one"])
        #expect(lines("", parts: size) == [])
        #expect(lines("\n\n", parts: size) == ["", ""])
    }

    @Test(arguments: 1...9)
    func `of a line beyond the limit its beginning is kept, and the next one is whole`(size: Int) {
        #expect(lines("abcd\nabcde\nabc\nabcdefgh", parts: size, limit: 4, kept: 2) == ["abcd", "+ab", "abc", "+ab"])
        #expect(lines("abcde\n", parts: size, limit: 4) == ["+"])
    }

    @Test func `no more than the limit is held of a line that does not end`() {
        var buffer = LineBuffer(lengthLimit: 100, keptOfOverlong: 10)
        for _ in 0..<1000 {
            buffer.feed(Array(repeating: 0x61, count: 50)[...]) { _ in Issue.record("a line has ended") }
            #expect(buffer.heldBytes <= 100)
        }
        #expect(buffer.heldBytes == 10)
        buffer.removeAll()
        #expect(buffer.heldBytes == 0 && buffer.finish() == nil)
    }
}
