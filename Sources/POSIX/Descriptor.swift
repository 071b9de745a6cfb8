import CSystem
import Glibc

/// A file descriptor. An owned one is closed when its last reference goes.
package final class Descriptor: Sendable {
    /// The kernel's number, for `poll` and for handing to a child.
    package let number: CInt
    private let isOwned: Bool

    /// Takes ownership of an open descriptor.
    package init(owning number: CInt) {
        self.number = number
        isOwned = true
    }

    /// Refers to a descriptor that somebody else closes.
    package init(borrowing number: CInt) {
        self.number = number
        isOwned = false
    }

    deinit {
        if isOwned { close(number) }
    }

    package static let standardInput = Descriptor(borrowing: STDIN_FILENO)
    package static let standardOutput = Descriptor(borrowing: STDOUT_FILENO)
    package static let standardError = Descriptor(borrowing: STDERR_FILENO)

    /// Opens something for each standard stream that this process was started without, so that no connection gets its number and
    /// with it what is written to that stream. An answer that goes nowhere, and an input from nowhere, still fail.
    package static func occupyStandardNumbers() {
        for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(number, F_GETFD) < 0 {
            // The lowest number that is free is taken: this one.
            _ = unsafe Glibc.open("/dev/null", number == STDOUT_FILENO ? O_RDONLY : O_WRONLY)
        }
    }

    /// What one `read` brought.
    package enum ReadResult: Equatable {
        case bytes([UInt8])
        case end
        /// Nothing is there now; only on a non-blocking descriptor.
        case wouldBlock
    }

    /// Reads what is there, at most `limit` bytes; waits for the first byte unless the descriptor is non-blocking.
    package func read(upTo limit: Int) throws(SystemError) -> ReadResult {
        while true {
            var count = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
                count = unsafe Glibc.read(number, buffer.baseAddress, limit)
                initialized = max(count, 0)
            }
            if count > 0 { return .bytes(bytes) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            default: throw .last("read")
            }
        }
    }

    /// Writes as much as the kernel takes at once and returns how much that was; 0 when it would block.
    package func writeSome(_ bytes: some RandomAccessCollection<UInt8>) throws(SystemError) -> Int {
        while true {
            let count = bytes.withContiguousStorageIfAvailable { buffer in
                unsafe Glibc.write(number, buffer.baseAddress, buffer.count)
            }
            guard let count else { return try writeSome(Array(bytes)) }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return 0
            default: throw .last("write")
            }
        }
    }

    /// Writes all of it, waiting as long as it takes.
    package func writeAll(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try writeSome(rest)
            rest = rest.dropFirst(count)
            if count == 0 { _ = try wait(for: [.write(self)], milliseconds: nil) }
        }
    }

    /// Writes all of it, so little at a time that it never blocks while `interruption` has something to read.
    /// - Returns: false if that came first; a part may have been written then.
    package func writeAll(_ bytes: [UInt8], unless interruption: Descriptor) throws(SystemError) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let count = try writeSome(rest, unless: interruption, milliseconds: nil) else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Waits for room, and writes so little that it does not block.
    /// - Parameter milliseconds: how long room is waited for; nil: as long as it takes.
    /// - Returns: how many bytes were written; nil if `interruption` had something to read first, or there was no room in time.
    package func writeSome(
        _ bytes: ArraySlice<UInt8>, unless interruption: Descriptor, milliseconds: Int?
    ) throws(SystemError) -> Int? {
        let ready = try wait(for: [.write(self), .read(interruption)], milliseconds: milliseconds)
        // A pipe that poll says has room takes so much at once (PIPE_BUF of Linux).
        return ready[0] && !ready[1] ? try writeSome(bytes.prefix(4096)) : nil
    }

    /// Makes `read` and `write` return at once when there is nothing to read or no room to write.
    package func setNonBlocking() throws(SystemError) {
        let flags = fcntl(number, F_GETFL)
        guard flags >= 0, fcntl(number, F_SETFL, flags | O_NONBLOCK) >= 0 else { throw .last("fcntl") }
    }

    /// Both ends of a new pipe, neither inherited by children.
    package static func pipe() throws(SystemError) -> (read: Descriptor, write: Descriptor) {
        var ends: [CInt] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC) == 0 else { throw .last("pipe") }
        return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    }
}

/// What to wait for on one descriptor.
package enum Interest {
    case read(Descriptor)
    case write(Descriptor)
    case readNumber(CInt)
    case writeNumber(CInt)

    fileprivate var pollfd: Glibc.pollfd {
        switch self {
        case .read(let descriptor): Glibc.pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        case .write(let descriptor): Glibc.pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
        case .readNumber(let number): Glibc.pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        case .writeNumber(let number): Glibc.pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        }
    }
}

/// Waits until one of the interests is ready (or its other end is gone) or the time is over.
/// - Parameter milliseconds: how long at most; nil waits for ever, 0 only looks.
/// - Returns: for each interest whether it is ready, in the order given; all false after the time or a signal.
package func wait(for interests: [Interest], milliseconds: Int?) throws(SystemError) -> [Bool] {
    var descriptors = interests.map(\.pollfd)
    let timeout = milliseconds.map { CInt(clamping: max($0, 0)) } ?? -1
    let count = unsafe poll(&descriptors, nfds_t(descriptors.count), timeout)
    if count < 0 {
        guard errno == EINTR else { throw .last("poll") }
        return interests.map { _ in false }
    }
    return descriptors.map { $0.revents != 0 }
}
