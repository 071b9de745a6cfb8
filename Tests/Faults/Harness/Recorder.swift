import FaultLedger
import JSON
import Synchronization
import System
import TestSupport

/// The work of the load's thread: it records conversions, changes the status of some, and keeps the answers.
final class Recorder {
    private let recording: WarmCaller
    private let updating: WarmCaller
    private var lastNumber = 0
    private var nextAt: Instant = .distantPast

    /// The highest number of open calls to recordConversion.
    private static let window = 400

    init(environment: [String: String], log: String) {
        recording = WarmCaller("recordConversion", environment: environment, log: log)
        updating = WarmCaller("updateConversionStatus", environment: environment, log: log)
    }

    func end() {
        recording.end()
        updating.end()
    }

    func turn(_ state: borrowing Mutex<Load.State>) {
        offer(state)
        for answer in recording.turn() { takeRecorded(answer, state) }
        for answer in updating.turn() { takeChanged(answer, state) }
        state.withLock { [open = recording.waiting + updating.waiting, pids = [recording.pid, updating.pid]] in
            $0.open = open
            $0.processes = pids.compactMap(\.self)
        }
        _ = try? wait(
            for: [recording.output, updating.output].compactMap { $0.map(Interest.read) }, atMost: .milliseconds(5))
    }

    private func offer(_ state: borrowing Mutex<Load.State>) {
        let now = Instant.now
        let (rate, offers, isFinishing) = state.withLock { ($0.rate, $0.offers, $0.isFinishing) }
        guard rate > 0, !offers.isEmpty, !isFinishing else { return }
        // If the thread is late, at most 0.1 s of missed conversions are made up for.
        nextAt = max(nextAt, now - .milliseconds(100))
        while nextAt <= now, recording.waiting < Recorder.window {
            nextAt += .seconds(1 / Double(rate))
            lastNumber += 1
            let transaction = Recorder.transaction(lastNumber)
            _ = state.withLock { $0.account.offered.insert(transaction) }
            recording.call(
                lastNumber,
                [
                    "offerId": .string(offers[lastNumber % offers.count]), "affiliateId": "a",
                    "transactionId": .string(transaction), "clickId": .string("c\(lastNumber)"), "payout": "1.50",
                    "params": ["sub1": .string("s\(lastNumber)")],
                ])
        }
    }

    private static func transaction(_ number: Int) -> String { "t\(number)" }

    private func takeRecorded(_ answer: WarmCaller.Answer, _ state: borrowing Mutex<Load.State>) {
        let transaction = Recorder.transaction(answer.number)
        guard let kept = Account.Answer(answer.line) else {
            state.withLock { $0.account.refusals[transaction] = answer.line.encodedText }
            return
        }
        state.withLock { $0.account.answers[transaction] = kept }
        // Each fifth conversion soon becomes `done`, possibly while it is still in flight.
        guard answer.number.isMultiple(of: 5) else { return }
        _ = state.withLock { $0.account.offeredChanges.insert(kept.conversion) }
        updating.call(answer.number, ["conversionId": .integer(kept.conversion), "status": "done"])
    }

    private func takeChanged(_ answer: WarmCaller.Answer, _ state: borrowing Mutex<Load.State>) {
        if let kept = Account.Answer(answer.line) {
            state.withLock { $0.account.changes[kept.conversion] = kept }
        } else {
            let transaction = Recorder.transaction(answer.number)
            state.withLock { $0.account.refusals[transaction] = answer.line.encodedText }
        }
    }
}

extension Account.Answer {
    /// Nil for an answer without a conversion.
    fileprivate init?(_ line: JSON) {
        guard let conversion = line.at("output.conversion.id")?.integer else { return nil }
        let deliveries = (line.at("output.deliveries")?.items ?? []).compactMap { $0["id"]?.integer }
        self.init(conversion: conversion, deliveries: deliveries, at: WallClock.unixMilliseconds)
    }
}
