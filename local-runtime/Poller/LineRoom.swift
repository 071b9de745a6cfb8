import Store

/// How much may be claimed, so that the lines that wait here do not fill the memory. How long lines are shows only when they
/// come: the next ones are taken to be as long as the longest of the last ones.
struct LineRoom {
    /// The lines that wait here have no more bytes, as far as could be foreseen.
    static let limit = 32 << 20
    /// How long a line is taken to be before one was seen: as long as the largest input of recordConversion.
    private static let longest = 1 << 20

    private var expected = LineRoom.longest

    /// The shares of which there is room for the lines, in their order; the last one may be a part. Something is claimed always
    /// when nothing is held.
    /// - Parameter held: bytes of the lines that wait here.
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

    /// Learns how long lines are. A long one is forgotten again, for it may have been the only one.
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
