import POSIX

/// One connection of a receiver: what has arrived, and what is still to be done.
final class Connection {
    let descriptor: Descriptor
    /// Counted from 1.
    let number: Int
    /// The port on which it was accepted.
    let port: UInt16
    var parser = RequestParser()
    var phase = Phase.reading
    /// What the poll loop waits for.
    var interest = Epoll.Interest.read
    /// The request that the present steps answer.
    var request: ReceivedRequest?
    /// Whether the request has been looked at before its body was there.
    var hasSeenHead = false
    private var output: [UInt8] = []
    private var sent = 0

    enum Phase {
        /// Waits for a request.
        case reading
        /// Does these things, not before a time in nanoseconds of the monotonic clock.
        case following(ArraySlice<Step>, notBefore: Int64)
        /// Says nothing more.
        case silent(isDeaf: Bool)
    }

    init(_ descriptor: Descriptor, number: Int, port: UInt16) {
        self.descriptor = descriptor
        self.number = number
        self.port = port
    }

    func follow(_ steps: [Step]) { phase = .following(steps[...], notBefore: 0) }

    func send(_ bytes: [UInt8]) {
        output = isFlushed ? bytes : Array(output[sent...]) + bytes
        sent = 0
    }

    var isFlushed: Bool { sent == output.count }

    /// Writes what the kernel takes.
    func flush() throws(SystemError) {
        while !isFlushed {
            let count = try descriptor.writeSome(output[sent...])
            if count == 0 { return }
            sent += count
        }
    }

    /// When something is to be done although nothing arrives, in nanoseconds of the monotonic clock.
    var dueAt: Int64? {
        if case .following(_, let time) = phase, time > 0, isFlushed { time } else { nil }
    }

    /// What must happen on the descriptor before the next thing can be done.
    var neededInterest: Epoll.Interest {
        switch phase {
        case .silent(isDeaf: true): []
        case .following(let steps, _):
            if case .endlessly? = steps.first { [.read, .write] } else { isFlushed ? .read : [.read, .write] }
        default: isFlushed ? .read : [.read, .write]
        }
    }
}
