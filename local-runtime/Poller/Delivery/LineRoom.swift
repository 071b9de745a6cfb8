import Store

/// Limits how much is claimed, so that the lines that wait here do not fill the memory. The length of a line is known
/// only when it comes, so the next lines are expected to be as long as the longest recent one.
struct LineRoom {
    /// The limit for the bytes of all waiting lines. It can be exceeded if lines are longer than expected.
    static let limit = 32 << 20
    /// The expected length of a line before one was seen: the largest input of recordConversion.
    private static let longest = 1 << 20

    private var expected = LineRoom.longest

    /// Returns the first shares whose lines have room; the last of them may be reduced. While `held` is below `limit`,
    /// it leaves at least one delivery to claim. The waiting lines have `held` bytes.
    func cut(_ shares: [Outbox.Share], holding held: Int) -> [Outbox.Share] {
        guard held < LineRoom.limit else { return [] }
        var room = max(1, (LineRoom.limit - held) / expected)
        var cut: [Outbox.Share] = []
        for share in shares where room > 0 {
            cut.append(share.cut(to: room))
            room -= min(share.free, room)
        }
        return cut
    }

    /// Learns how long lines are. With each claim the expected length falls to half at the most, because longer lines
    /// may follow.
    mutating func claimed(_ claims: [Outbox.Claim]) {
        guard let longest = claims.lazy.map(\.line.count).max() else { return }
        expected = max(longest, expected / 2, 1)
    }
}

extension Outbox.Share {
    fileprivate func cut(to free: Int) -> Outbox.Share {
        guard free < self.free else { return self }
        return Outbox.Share(
            destination: destination, free: free, retries: min(retries, free), floor: floor, retryFloor: retryFloor)
    }
}
