#if Gateway
import NIOCore

/// A time at which an action is executed, unless another time is set before. Setting a later time needs no new timer:
/// when the old one fires, it is set again for the later time.
struct Deadline {
    enum Kind {
        case head, body, other
    }

    private final class Timer {
        var time: NIODeadline = .distantFuture
        var wake: NIODeadline = .distantFuture
        var task: Scheduled<Void>?
        var late: (@Sendable () -> Void)?
    }

    private let timer = Timer()
    private var kind = Kind.other

    func isOf(_ kind: Kind) -> Bool { self.kind == kind }

    mutating func set(
        _ time: NIODeadline, _ kind: Kind, on loop: any EventLoop, _ late: @escaping @Sendable () -> Void
    ) {
        self.kind = kind
        timer.time = time
        timer.late = late
        if timer.task == nil || time < timer.wake { Deadline.schedule(timer, on: loop) }
    }

    mutating func cancel() {
        kind = .other
        timer.time = .distantFuture
        timer.late = nil
    }

    /// Cancels the timer.
    mutating func end() {
        cancel()
        timer.task?.cancel()
        timer.task = nil
    }

    private static func schedule(_ timer: Timer, on loop: any EventLoop) {
        timer.task?.cancel()
        timer.wake = timer.time
        let bound = NIOLoopBound(timer, eventLoop: loop)
        timer.task = loop.scheduleTask(deadline: timer.time) {
            let timer = bound.value
            timer.task = nil
            if timer.time <= .now() {
                timer.late?()
            } else if timer.time < .distantFuture {
                schedule(timer, on: loop)
            }
        }
    }
}
#endif
