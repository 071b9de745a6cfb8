#if Gateway
import NIOCore

/// Runs tasks on the thread of an event loop. Tasks on another thread would cost each request two more wake-ups.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) { loop.enqueue(job) }
}
#endif
