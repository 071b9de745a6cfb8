import CGlibc
import Glibc

/// Waits on many descriptors. The cost depends only on the number of ready ones.
@safe package final class Epoll {
    /// The events to wait for on one descriptor. A lost connection is always reported, as readable.
    package struct Interest: OptionSet {
        package let rawValue: UInt32

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        package static let read = Interest(rawValue: EPOLLIN.rawValue)
        package static let write = Interest(rawValue: EPOLLOUT.rawValue)
    }

    package struct Event {
        package let descriptor: CInt
        package let isReadable: Bool
        package let isWritable: Bool
    }

    private let descriptor: Descriptor
    private var buffer = unsafe [epoll_event](repeating: epoll_event(), count: 256)

    package init() throws(SystemError) {
        let number = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard number >= 0 else { throw .last("epoll_create1") }
        descriptor = Descriptor(owning: number)
    }

    /// Starts to wait on a descriptor; closing the descriptor ends that.
    package func add(_ number: CInt, for interest: Interest) throws(SystemError) {
        try control(EPOLL_CTL_ADD, number, interest)
    }

    package func change(_ number: CInt, to interest: Interest) throws(SystemError) {
        try control(EPOLL_CTL_MOD, number, interest)
    }

    package func remove(_ number: CInt) throws(SystemError) { try control(EPOLL_CTL_DEL, number, []) }

    /// The number of epoll's own descriptor, which is readable while a watched one is ready.
    package var number: CInt { descriptor.number }

    /// Returns up to 256 ready descriptors; none after a time-out or a signal. `limit` is the longest wait; nil
    /// means no limit, zero does not wait.
    package func wait(atMost limit: Duration?) throws(SystemError) -> [Event] {
        let timeout = limit.map { CInt(clamping: max($0.millisecondsRoundedUp, 0)) } ?? -1
        let count = unsafe epoll_wait(descriptor.number, &buffer, CInt(buffer.count), timeout)
        if count < 0 {
            guard errno == EINTR else { throw .last("epoll_wait") }
            return []
        }
        let lost = EPOLLERR.rawValue | EPOLLHUP.rawValue
        return unsafe buffer.prefix(Int(count)).map { event in
            unsafe Event(
                descriptor: event.data.fd,
                isReadable: event.events & (EPOLLIN.rawValue | lost) != 0,
                isWritable: event.events & EPOLLOUT.rawValue != 0
            )
        }
    }

    private func control(_ operation: CInt, _ number: CInt, _ interest: Interest) throws(SystemError) {
        var event = unsafe epoll_event(events: interest.rawValue, data: epoll_data_t(fd: number))
        guard unsafe epoll_ctl(descriptor.number, operation, number, &event) == 0 else { throw .last("epoll_ctl") }
    }
}
