import Foundation
import JSON
import Synchronization
import TestSupport

/// Records conversions and changes a postback, again and again, on a thread of its own.
final class RotationLoad: Sendable {
    private let current: Mutex<Installation>
    private let isStopping = Atomic(false)
    private let turns = Atomic(0)
    private let changes = Atomic(0)
    private let ending = Mutex<Result<Void, any Error>?>(nil)

    /// How many conversions a turn records.
    private static let size = 5

    init(_ installation: Installation) {
        current = Mutex(installation)
        Thread.detachNewThread { [self] in
            let result = Result { while !isStopping.load(ordering: .relaxed) { try turn() } }
            ending.withLock { $0 = result }
        }
    }

    /// What the next turn calls.
    var installation: Installation {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    /// The number of the last update.
    var updates: Int { changes.load(ordering: .relaxed) }

    /// Waits until a turn that has not begun yet has ended.
    func waitForTurn() throws {
        let before = turns.load(ordering: .relaxed)
        try waitUntil("two turns of the load") {
            turns.load(ordering: .relaxed) >= before + 2 || ending.withLock { $0 } != nil
        }
    }

    /// - Returns: how many conversions were recorded.
    func finish() throws -> Int {
        isStopping.store(true, ordering: .relaxed)
        try waitUntil("the end of the load") { ending.withLock { $0 } != nil }
        try ending.withLock { $0 }?.get()
        return turns.load(ordering: .relaxed) * RotationLoad.size
    }

    private func turn() throws {
        let installation = installation
        let number = turns.load(ordering: .relaxed) + 1
        try installation.record((1...RotationLoad.size).map { "t\(number)-\($0)" })
        // The plain header changes, the secret beside it is given again as it was.
        let headers: JSON = ["X-Api-Key": "key-1", "X-Plain": .string("shown \(number)")]
        let change: JSON = number.isMultiple(of: 3) ? ["requestHeaders": headers] : ["omitEmptyParams": false]
        try installation.ask("updatePostback", (["postbackId": 1] as JSON).merging(change))
        if number.isMultiple(of: 3) { changes.store(number, ordering: .relaxed) }
        turns.store(number, ordering: .relaxed)
    }
}
