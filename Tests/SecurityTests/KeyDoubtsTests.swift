import Testing

@testable import Poller

/// Tests whether the secret or the key is at fault if a secret does not open.
struct KeyDoubtsTests {
    @Test func `a key that has opened nothing may be wrong; one that has is right`() {
        var doubts = KeyDoubts()
        #expect(doubts.mayBeWrong(["a"]))
        doubts.trust(["b"])
        #expect(doubts.mayBeWrong(["a"]))
        #expect(doubts.mayBeWrong(["a", "b"]))
        doubts.trust(["a"])
        #expect(!doubts.mayBeWrong(["a", "b"]))
    }

    @Test func `what no key has sealed is no key's fault`() {
        #expect(!KeyDoubts().mayBeWrong([]))
    }
}
