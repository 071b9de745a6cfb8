import Domain
import FunctionRuntime
import Input
import JSON
import Postgres

/// Records batches of conversions with their events and deliveries, each batch in one transaction and one at a time.
final class RecordingSession {
    private let database: Database
    private var wakeup = Wakeup()
    private var sent: Sent?

    /// A batch that was sent to the server, or could not be sent.
    private struct Sent {
        let conversions: [NewConversion]
        let ticket: RoundTrip.Ticket<RecordConversions>
        let start: Result<Void, PostgresError>
    }

    init(_ database: Database) {
        self.database = database
    }

    /// Whether a batch was begun and is not finished.
    var isBusy: Bool { sent != nil }

    /// Sends a batch to the server, without waiting for its commit. `finish` returns the failure if it cannot be sent.
    func begin(_ conversions: [NewConversion]) { sent = send(conversions) }

    /// Sends a batch as `begin` does. If it cannot be sent, the session stays as it was.
    /// - Returns: whether it was sent.
    func tryBeginning(_ conversions: [NewConversion]) -> Bool {
        let batch = send(conversions)
        guard case .success = batch.start else { return false }
        sent = batch
        return true
    }

    /// Waits until the batch is committed: in one round trip, plus another one if it has repeats.
    /// - Returns: nil if `descriptor` became readable before.
    func finish(unlessReadable descriptor: CInt?) -> [Result<Recording, FunctionError>]? {
        guard let sent else { return [] }
        let first: Result<[Result<Recording, FunctionError>], PostgresError>
        do throws(PostgresError) {
            guard let recordings = try recordings(of: sent, unlessReadable: descriptor) else { return nil }
            first = .success(recordings)
        } catch {
            first = .failure(error)
        }
        self.sent = nil
        return Batch(database: database).each(sent.conversions, after: first) { batch throws(PostgresError) in
            try self.recordings(of: self.send(batch), unlessReadable: nil) ?? []
        }
    }

    private func send(_ conversions: [NewConversion]) -> Sent {
        var trip = RoundTrip()
        let record = trip.add(RecordConversions(conversions: conversions))
        wakeup.add(to: &trip)
        let start = Result { () throws(PostgresError) in try database.start(trip) }
        return Sent(conversions: conversions, ticket: record, start: start)
    }

    private func recordings(
        of sent: Sent, unlessReadable descriptor: CInt?
    ) throws(PostgresError) -> [Result<Recording, FunctionError>]? {
        try sent.start.get()
        guard let answers = try database.answers(unlessReadable: descriptor) else { return nil }
        return try recordings(of: sent.conversions, try answers(sent.ticket))
    }

    private func recordings(
        of conversions: [NewConversion], _ recorded: [RecordConversions.Line]
    ) throws(PostgresError) -> [Result<Recording, FunctionError>] {
        var clicks = ClicksOfBatch()
        var answers = zip(conversions, recorded).map { conversion, line -> Result<Recording, FunctionError>? in
            switch line {
            case .unknown(let field): return .failure(conversion.unknown(field))
            case .recorded(let recording):
                return .success(clicks.note(conversion) ? recording.warning(.clickKnown) : recording)
            case .isRepeat:
                _ = clicks.note(conversion)
                return nil
            }
        }
        // A line without an answer is a repeat: of an earlier conversion, of an earlier line of this batch, or of a
        // conversion that another transaction committed while the statement ran. A new statement sees all of these.
        let repeats = answers.indices.filter { answers[$0] == nil }
        if !repeats.isEmpty {
            var trip = RoundTrip()
            let find = trip.add(FindRepeats(conversions: repeats.map { conversions[$0] }))
            trip.append(AwaitStandby())
            for (index, recording) in zip(repeats, try database.transactions(trip)(find)) {
                answers[index] = recording.map(Result.success) ?? .failure(.repeatIsNotVisible)
            }
        }
        return answers.map { $0 ?? .failure(.internal) }
    }
}

extension NewConversion {
    fileprivate func unknown(_ field: RecordConversions.UnknownField) -> FunctionError {
        switch field {
        case .offer: .notFound("offerId", "there is no offer \"\(offerID)\"; configureOffer creates it")
        case .affiliate:
            .notFound("affiliateId", "there is no affiliate \"\(affiliateID)\"; configureAffiliate creates it")
        case .goal: .unknownGoal(goalID ?? "", of: offerID)
        }
    }
}

extension FunctionError {
    /// Another transaction has recorded the conversion, and the statement does not see it yet.
    fileprivate static let repeatIsNotVisible = FunctionError(
        .unavailable, "the conversion that this one repeats is not visible yet; try again")
}
