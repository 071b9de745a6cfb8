import Store
import Testing

@testable import Poller

struct LineRoomTests {
    private let shares = (1...300).map { Outbox.Share(destination: $0, free: 4, retries: 3) }

    private func free(_ room: LineRoom, holding held: Int) -> Int {
        room.cut(shares, holding: held).reduce(0) { $0 + $1.free }
    }

    @Test func `before a line was seen no more are claimed than could be the longest`() {
        #expect(free(LineRoom(), holding: 0) == 32)
        #expect(free(LineRoom(), holding: 16 << 20) == 16)
        #expect(free(LineRoom(), holding: 32 << 20) == 0)
        let cut = LineRoom().cut(shares, holding: (30 << 20) - 1)
        #expect(cut == [Outbox.Share(destination: 1, free: 2, retries: 2)])
    }

    @Test func `at least one delivery is claimed while the waiting lines are below the limit`() {
        #expect(free(LineRoom(), holding: (32 << 20) - 1) == 1)
    }

    @Test func `so many bytes of elements are taken, or one element`() {
        #expect([3, 4, 5].prefix(withinBytes: 7) { $0 } == [3, 4])
        #expect([3, 4, 5].prefix(withinBytes: 100) { $0 } == [3, 4, 5])
        #expect([30, 4, 5].prefix(withinBytes: 7) { $0 } == [30])
        #expect([Int]().prefix(withinBytes: 7) { $0 } == [])
    }
}
