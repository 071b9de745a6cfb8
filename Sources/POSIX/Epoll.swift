import CSystem
import Glibc

/// Waits on many descriptors at a cost that does not grow with those on which nothing happens.
@safe package final class Epoll {
    /// What may be waited for on one descriptor. A lost connection is reported always, as readable.
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

    /// Starts waiting on a descriptor; closing it ends that.
    package func add(_ number: CInt, for interest: Interest) throws(SystemError) {
        try control(EPOLL_CTL_ADD, number, interest)
    }

    package func change(_ number: CInt, to interest: Interest) throws(SystemError) {
        try control(EPOLL_CTL_MOD, number, interest)
    }

    /// What is ready, at most 256 of them; empty after the time or a signal.
    /// - Parameter milliseconds: nil waits for ever, 0 only looks.
    package func wait(milliseconds: Int?) throws(SystemError) -> [Event] {
        let timeout = milliseconds.map { CInt(clamping: max($0, 0)) } ?? -1
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
