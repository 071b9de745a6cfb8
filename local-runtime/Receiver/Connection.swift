import System

/// A connection of a receiver, with the bytes that have arrived and the steps that remain.
final class Connection {
    let descriptor: Descriptor
    /// Counted from 1.
    let number: Int
    /// The port on which it was accepted.
    let port: UInt16
    var parser = RequestParser()
    var phase = Phase.reading
    /// The interest that is registered with epoll.
    var interest = Epoll.Interest.read
    /// The request that the current steps answer.
    var request: ReceivedRequest?
    /// Whether the request was handled when only its head was there.
    var hasSeenHead = false
    private var output: [UInt8] = []
    private var sent = 0

    enum Phase {
        /// Waits for a request.
        case reading
        /// Follows these steps, not before this time.
        case following(ArraySlice<Step>, notBefore: Instant)
        /// Sends nothing more.
        case silent(isDeaf: Bool)
    }

    init(_ descriptor: Descriptor, number: Int, port: UInt16) {
        self.descriptor = descriptor
        self.number = number
        self.port = port
    }

    func follow(_ steps: [Step]) { phase = .following(steps[...], notBefore: .distantPast) }

    func send(_ bytes: [UInt8]) {
        output = isFlushed ? bytes : Array(output[sent...]) + bytes
        sent = 0
    }

    var isFlushed: Bool { sent == output.count }

    /// Writes as much as the kernel takes.
    func flush() throws(SystemError) {
        while !isFlushed {
            let count = try descriptor.writeSome(output[sent...])
            if count == 0 { return }
            sent += count
        }
    }

    /// When the next step is due even if nothing arrives; nil for never.
    var dueAt: Instant? {
        if case .following(_, let time) = phase, time > .distantPast, isFlushed { time } else { nil }
    }

    /// The event on the descriptor for which the next step waits.
    var neededInterest: Epoll.Interest {
        switch phase {
        case .silent(isDeaf: true): []
        case .following(let steps, _):
            if case .endlessly? = steps.first { [.read, .write] } else { isFlushed ? .read : [.read, .write] }
        default: isFlushed ? .read : [.read, .write]
        }
    }
}
