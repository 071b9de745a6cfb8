import POSIX

/// One connection of a receiver: what has arrived, and what is still to be sent.
final class Connection {
    let descriptor: Descriptor
    /// Counted from 1.
    let number: Int
    var parser = RequestParser()
    var phase = Phase.reading
    /// Whether the poll loop waits until there is room to write.
    var awaitsRoom = false
    private var output: [UInt8] = []
    private var sent = 0

    enum Phase {
        /// Waits for a request.
        case reading
        /// Holds the answer to a request back until then.
        case holding(until: Int64, Answer)
        /// Sends what is to be sent, and goes on with that afterwards.
        case sending(Afterwards)
        /// Says nothing more.
        case silent
    }

    enum Afterwards {
        case read
        case close
        case reset
        /// The same again and again.
        case endlessly([UInt8])
        /// These bytes, one a second; the next one then.
        case drip(ArraySlice<UInt8>, next: Int64)
    }

    /// What is sent first, and what then.
    struct Answer {
        var bytes: [UInt8]
        var afterwards: Afterwards
    }

    init(_ descriptor: Descriptor, number: Int) {
        self.descriptor = descriptor
        self.number = number
    }

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
        switch phase {
        case .holding(let until, _): until
        case .sending(.drip(_, let next)): next
        default: nil
        }
    }
}
