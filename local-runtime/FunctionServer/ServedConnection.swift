import Adapters
import System

/// One connection of the server, with its unfinished request and the rest of its answer.
final class ServedConnection {
    enum State {
        /// Waits for a request, or for the rest of one.
        case reading
        /// The function has the call. Nothing more is read meanwhile.
        case calling(isEvent: Bool, keepsAlive: Bool)
        /// The network has not taken all of the answer.
        case writing(keepsAlive: Bool)
        /// The last answer was written. Bytes that still arrive are discarded until the other side closes too: closing
        /// earlier would reset the connection, and the answer could be lost.
        case leaving
    }

    /// How much of a request has arrived.
    enum Stage {
        case nothing, head, body
    }

    let descriptor: Descriptor
    /// Differs from that of every other connection, also of one with the same descriptor.
    let serial: UInt64
    var reader: RequestReader
    var state = State.reading
    /// The events that are registered with epoll.
    var interest = Epoll.Interest.read
    /// The time at which the connection is closed, whatever its state.
    var deadline: Instant
    private var stage = Stage.nothing
    private var output: [UInt8] = []
    private var written = 0

    init(_ descriptor: Descriptor, serial: UInt64, _ limits: ServerLimits) {
        self.descriptor = descriptor
        self.serial = serial
        reader = RequestReader(limits)
        deadline = .now + limits.idleTime
    }

    var isReading: Bool { if case .reading = state { true } else { false } }
    var isCalling: Bool { if case .calling = state { true } else { false } }
    var isWriting: Bool { if case .writing = state { true } else { false } }

    /// Whether it waits for a request and no byte of that has arrived.
    var isIdle: Bool { isReading && reader.isEmpty }

    /// Sets a new deadline when another part of a request begins.
    func noteProgress(_ limits: ServerLimits) {
        let now: Stage = reader.isEmpty ? .nothing : reader.hasHead ? .body : .head
        guard now != stage else { return }
        stage = now
        deadline = .now + (now == .nothing ? limits.idleTime : limits.patience)
    }

    /// Begins to wait for the next request.
    func awaitRequest(_ limits: ServerLimits) {
        state = .reading
        stage = .nothing
        deadline = .now + limits.idleTime
    }

    /// Queues an answer. Head and body are written together, because a second write would wait until the other side has
    /// acknowledged the first one.
    func send(_ bytes: [UInt8]) {
        output = bytes
        written = 0
    }

    /// Writes as much as the network takes.
    /// - Returns: whether all of it was taken.
    func flush() throws(SystemError) -> Bool {
        while written < output.count {
            let count = try descriptor.writeSome(output[written...])
            if count == 0 { return false }
            written += count
        }
        output = []
        written = 0
        return true
    }
}
