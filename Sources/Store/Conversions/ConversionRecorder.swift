package import Domain
package import FunctionRuntime
package import Input
package import JSON
import Postgres
import System

/// The result of recording one conversion.
package struct Recording {
    /// The conversion as it stands now, with offer, goal and affiliate by name.
    package let conversion: JSON
    /// True for a repeat: nothing was changed and nothing fires.
    package let isDuplicate: Bool
    /// The fields in which a repeat differs from the first recording.
    package let conflicts: [String]
    /// The deliveries that it enqueued: a list of `{id, postbackId}`.
    package let deliveries: JSON
    /// Warnings about other conversions.
    package let warnings: [FieldWarning]

    /// A copy with one more warning, unless it is there already.
    func warning(_ warning: FieldWarning) -> Recording {
        if warnings.contains(warning) { return self }
        return Recording(
            conversion: conversion, isDuplicate: isDuplicate, conflicts: conflicts, deliveries: deliveries,
            warnings: warnings + [warning])
    }
}

/// Records batches of conversions with their events and deliveries. Two batches can be in progress at once, each in a
/// session of its own, so that the server works on one while the answers to the other are read.
package final class ConversionRecorder {
    /// The second session is used only while a batch is in progress in the first one.
    private let sessions: [RecordingSession]
    /// The batches in progress, from the earliest on.
    private var begun: [Begun] = []
    /// Until then no further session is used, because one could not be opened.
    private var usesOneUntil: Instant?

    private struct Begun {
        let session: RecordingSession
        let conversions: [NewConversion]
        lazy var keys = ConversionRecorder.keys(of: conversions)
    }

    /// How long only one session is used when another one could not be opened, for example because the server has too
    /// many.
    private static let restAfterFailure: Duration = .seconds(10)

    /// Each database is used for one session.
    package init(_ databases: [Database]) {
        sessions = databases.map(RecordingSession.init)
    }

    /// Sends a batch to the server, without waiting for its commit.
    /// - Returns: false if it has to wait until an earlier batch is finished: no session is free, or it has a key of a
    ///   batch in progress. Of two lines with the same key the later one is the repeat, so it must not overtake the other.
    package func begin(_ conversions: [NewConversion]) -> Bool {
        guard let session = sessions.first(where: { !$0.isBusy }) else { return false }
        var batch = Begun(session: session, conversions: conversions)
        if begun.isEmpty {
            session.begin(conversions)
        } else {
            if let usesOneUntil, Instant.now < usesOneUntil { return false }
            let sharesKey = begun.indices.contains { !begun[$0].keys.isDisjoint(with: batch.keys) }
            if sharesKey { return false }
            guard session.tryBeginning(conversions) else {
                usesOneUntil = .now + ConversionRecorder.restAfterFailure
                return false
            }
        }
        begun.append(batch)
        return true
    }

    /// Waits until the earliest batch is committed: in one round trip, plus another one if it has repeats.
    /// - Returns: nil if `descriptor` became readable before.
    package func finish(unlessReadable descriptor: CInt?) -> [Result<Recording, FunctionError>]? {
        guard let first = begun.first else { return [] }
        guard let recordings = first.session.finish(unlessReadable: descriptor) else { return nil }
        begun.removeFirst()
        return recordings
    }

    /// Hash values of the keys by which conversions are found (R6), and of their clicks. Two conversions with the same key
    /// have the same value.
    private static func keys(of conversions: [NewConversion]) -> Set<Int> {
        var keys = Set<Int>(minimumCapacity: 2 * conversions.count)
        for conversion in conversions {
            for (isClick, id) in [(false, conversion.transactionID), (true, conversion.clickID)] {
                guard let id else { continue }
                var hasher = Hasher()
                hasher.combine(conversion.offerID)
                hasher.combine(conversion.goalID)
                hasher.combine(isClick)
                hasher.combine(id)
                keys.insert(hasher.finalize())
            }
        }
        return keys
    }
}
