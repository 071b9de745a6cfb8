import Testing

@testable import Poller

/// Whether a secret or the key is to blame when one does not open the other.
struct KeyDoubtsTests {
    private func line(_ key: String) -> [UInt8] { Array(#"{"basicAuth":{"token":{"sealed":"v1.\#(key).AAAA"}}}"#.utf8) }

    @Test func `a key that has opened nothing may be wrong; one that has is right`() {
        var doubts = KeyDoubts()
        #expect(doubts.doubt(KeyDoubts.keys(of: line("a"))))
        #expect(doubts.doubt(KeyDoubts.keys(of: line("a"))))
        doubts.trust(KeyDoubts.keys(of: line("b")))
        #expect(doubts.doubt(KeyDoubts.keys(of: line("a"))))
        doubts.trust(KeyDoubts.keys(of: line("a")))
        #expect(!doubts.doubt(KeyDoubts.keys(of: line("a"))))
    }

    @Test(arguments: [#"{"sealed":""}"#, #"{"sealed":"nobody:AAAA"}"#, #"{"sealed":"v1.."}"#, "v1.a.b", "\"v1."])
    func `what no key has sealed is no key's fault`(text: String) {
        #expect(KeyDoubts.keys(of: Array(text.utf8)).isEmpty)
    }
}
