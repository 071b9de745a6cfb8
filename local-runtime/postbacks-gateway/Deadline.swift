#if Gateway
import NIOCore

/// The time at which something happens unless it is set anew before. A later time needs no new timer: the old one
/// fires, sees the later time and is set again.
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

    /// Gives the timer back.
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
