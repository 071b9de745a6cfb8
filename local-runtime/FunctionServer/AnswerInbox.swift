import Adapters
import Synchronization
import System

/// The answers that the thread of the functions passes to the thread of the server.
final class AnswerInbox: Sendable {
    struct Item {
        let connection: CInt
        let serial: UInt64
        let answer: FunctionAnswer
    }

    private struct Contents {
        var items: [Item] = []
        /// Whether the server's thread may sleep and must be woken.
        var isAsleep = false
    }

    private let contents = Mutex(Contents())
    private let waking: (read: Descriptor, write: Descriptor)

    init() throws(SystemError) {
        waking = try Descriptor.pipe()
        try waking.read.setNonBlocking()
        try waking.write.setNonBlocking()
    }

    /// A descriptor that is readable when the server's thread has to wake up.
    var descriptor: Descriptor { waking.read }

    func put(_ item: Item) {
        let mustWake = contents.withLock { contents in
            contents.items.append(item)
            defer { contents.isAsleep = false }
            return contents.isAsleep
        }
        // A full pipe wakes the thread too, so that a failed write does no harm.
        if mustWake { _ = try? waking.write.writeSome([1]) }
    }

    func takeAll() -> [Item] {
        contents.withLock { contents in
            defer { contents.items = [] }
            contents.isAsleep = false
            return contents.items
        }
    }

    /// Notes that the thread is about to sleep.
    /// - Returns: false if an answer has arrived, so that the thread must not sleep.
    func fallAsleep() -> Bool {
        contents.withLock { contents in
            contents.isAsleep = contents.items.isEmpty
            return contents.isAsleep
        }
    }

    func clear() { _ = try? waking.read.read(upTo: 4096) }
}
