import CGlibc
import Glibc

/// A file descriptor. An owned one is closed when its last reference is released.
package final class Descriptor: Sendable {
    /// The descriptor's number, for `poll` and for passing it to a child.
    package let number: CInt
    private let isOwned: Bool

    /// Takes ownership of an open descriptor and closes it later.
    package init(owning number: CInt) {
        self.number = number
        isOwned = true
    }

    /// Refers to a descriptor that other code closes.
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

    /// Opens /dev/null on whichever of descriptors 0–2 is closed, so that no socket gets that number. It is opened in
    /// the wrong mode, so that reading standard input or writing standard output still fails.
    package static func occupyStandardNumbers() {
        for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(number, F_GETFD) < 0 {
            // `open` returns the lowest free number, which is this one.
            _ = unsafe Glibc.open("/dev/null", number == STDOUT_FILENO ? O_RDONLY : O_WRONLY)
        }
    }

    /// The result of one `read`.
    package enum ReadResult: Equatable {
        case bytes([UInt8])
        case end
        /// No data is available now. Only non-blocking descriptors return this.
        case wouldBlock
    }

    /// Reads up to `limit` bytes. It waits for the first byte unless the descriptor is non-blocking.
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

    /// Writes as much as the kernel accepts at once.
    /// - Returns: the number of bytes written; 0 if the call would block.
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

    /// Writes all bytes, and waits as long as necessary.
    package func writeAll(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try writeSome(rest)
            rest = rest.dropFirst(count)
            if count == 0 { _ = try wait(for: [.write(self)], atMost: nil) }
        }
    }

    /// Writes all bytes in small pieces, so that it never blocks while `interruption` is readable.
    /// - Returns: false if `interruption` became readable first; a part may have been written then.
    package func writeAll(_ bytes: [UInt8], unless interruption: Descriptor) throws(SystemError) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let count = try writeSome(rest, unless: interruption, atMost: nil) else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Waits until there is room, and writes only as much as does not block. `limit` is the longest wait for
    /// room; nil means no limit. Returns the number of bytes written; nil if `interruption` became readable first, or
    /// there was no room in time.
    package func writeSome(
        _ bytes: ArraySlice<UInt8>, unless interruption: Descriptor, atMost limit: Duration?
    ) throws(SystemError) -> Int? {
        let ready = try wait(for: [.write(self), .read(interruption)], atMost: limit)
        // If poll reports room in a pipe, a write of up to 4,096 bytes (PIPE_BUF on Linux) does not block.
        return ready[0] && !ready[1] ? try writeSome(bytes.prefix(4096)) : nil
    }

    /// Makes `read` and `write` return at once if there is nothing to read or no room to write.
    package func setNonBlocking() throws(SystemError) {
        let flags = fcntl(number, F_GETFL)
        guard flags >= 0, fcntl(number, F_SETFL, flags | O_NONBLOCK) >= 0 else { throw .last("fcntl") }
    }

    /// Both ends of a new pipe; children inherit neither.
    package static func pipe() throws(SystemError) -> (read: Descriptor, write: Descriptor) {
        var ends: [CInt] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC) == 0 else { throw .last("pipe") }
        return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    }
}

/// The event to wait for on one descriptor.
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

/// Waits until one of the interests is ready or has lost its other end, or the time is over. `limit` is the
/// longest wait, rounded up to milliseconds; nil means no limit, zero does not wait. Returns for each interest whether it is ready, in the given
/// order; all false after a time-out or a signal.
package func wait(for interests: [Interest], atMost limit: Duration?) throws(SystemError) -> [Bool] {
    var descriptors = interests.map(\.pollfd)
    let timeout = limit.map { CInt(clamping: max($0.millisecondsRoundedUp, 0)) } ?? -1
    let count = unsafe poll(&descriptors, nfds_t(descriptors.count), timeout)
    if count < 0 {
        guard errno == EINTR else { throw .last("poll") }
        return interests.map { _ in false }
    }
    return descriptors.map { $0.revents != 0 }
}
