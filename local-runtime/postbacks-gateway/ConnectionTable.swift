#if Gateway
import Gateway
import NIOCore
import Synchronization
import System

/// All open connections, and the bytes of their bodies that are in memory.
final class ConnectionTable: Sendable {
    private struct Contents {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var bodyBytes = 0
    }

    private let contents = Mutex(Contents())
    private let ending = Atomic(false)
    private let limit: Int
    private let metrics: GatewayMetrics

    /// The bytes of all bodies that may be in memory at a time.
    private static let bodyLimit = 64 << 20
    /// The connections that are answered with 503 at a time; above these they are closed at once.
    private static let refusedLimit = 128

    init(metrics: GatewayMetrics) {
        // Functions and the database need descriptors too.
        limit = min(8192, max(OpenFiles.limit - 256 - ConnectionTable.refusedLimit, 32))
        self.metrics = metrics
    }

    /// Whether connections are to close as soon as they have no request under way.
    var isEnding: Bool { ending.load(ordering: .acquiring) }

    func beginEnd() { ending.store(true, ordering: .releasing) }

    var channels: [any Channel] { contents.withLock { Array($0.channels.values) } }

    var isEmpty: Bool { contents.withLock { $0.channels.isEmpty } }

    /// Counts a new connection until it is closed.
    /// - Returns: false if there are too many already.
    func enter(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let count = contents.withLock { contents in
            contents.channels[id] = channel
            return contents.channels.count
        }
        metrics.connectionsChanged(to: count)
        channel.closeFuture.whenComplete { [self] _ in
            let left = contents.withLock { contents in
                contents.channels[id] = nil
                return contents.channels.count
            }
            metrics.connectionsChanged(to: left)
        }
        guard count > limit else { return true }
        metrics.connectionRefused()
        if count > limit + ConnectionTable.refusedLimit { channel.close(promise: nil) }
        return false
    }

    /// - Returns: false if there is no room for the bytes; then they are not counted.
    func addBody(_ count: Int) -> Bool {
        let bytes = contents.withLock { contents -> Int? in
            guard contents.bodyBytes + count <= ConnectionTable.bodyLimit else { return nil }
            contents.bodyBytes += count
            return contents.bodyBytes
        }
        if let bytes { metrics.bodiesChanged(to: bytes) }
        return bytes != nil
    }

    func removeBody(_ count: Int) {
        guard count > 0 else { return }
        let bytes = contents.withLock { contents in
            contents.bodyBytes -= count
            return contents.bodyBytes
        }
        metrics.bodiesChanged(to: bytes)
    }
}

/// The channel that listens, until it is closed.
final class NIOLockedChannel: Sendable {
    private let channel = Mutex<(any Channel)?>(nil)

    func set(_ channel: any Channel) { self.channel.withLock { $0 = channel } }

    func take() -> (any Channel)? {
        channel.withLock { channel in
            defer { channel = nil }
            return channel
        }
    }
}
#endif
