import FaultLedger
import Foundation
import Glibc
import JSON
import POSIX
import Synchronization
import TestSupport

/// The thread's part of the load: one warm recordConversion and what it has not answered.
final class Recorder {
    private let environment: [String: String]
    private let log: String
    private var process: LineProcess?
    private var unwritten: ArraySlice<UInt8> = []
    private var open: [Int: Line] = [:]
    /// What is to be sent again, and when.
    private var again: [(line: Line, at: Int64)] = []
    private var lastNumber = 0
    private var nextAt: Int64 = 0
    private var lastAnswerAt: Int64 = 0

    private struct Line {
        let number: Int
        let offer: String
        var transaction: String { "t\(number)" }

        var bytes: [UInt8] {
            Array(
                """
                {"id":\(number),"input":{"offerId":"\(offer)","affiliateId":"a","transactionId":"\(transaction)",\
                "clickId":"c\(number)","payout":"1.50","params":{"sub1":"s\(number)"}}}

                """.utf8)
        }
    }

    /// A caller that waits longer takes the process for hung.
    private static let patience: Int64 = 15_000_000_000
    /// More than that is not offered while nobody answers.
    private static let window = 400

    init(environment: [String: String], log: String) {
        self.environment = environment
        self.log = log
    }

    func end() { process?.end(SIGTERM) }

    func turn(_ state: borrowing Mutex<Load.State>) {
        let now = Clock.monotonicNanoseconds
        ensureProcess(now: now)
        let due = again.filter { $0.at <= now }.map(\.line)
        again.removeAll { $0.at <= now }
        for line in due { send(line) }
        let (rate, offers, isFinishing) = state.withLock { ($0.rate, $0.offers, $0.isFinishing) }
        if rate > 0, !offers.isEmpty, !isFinishing {
            // What could not be offered in time is not made up for.
            nextAt = max(nextAt, now - 100_000_000)
            while nextAt <= now, open.count + again.count < Recorder.window {
                nextAt += Int64(1_000_000_000 / rate)
                lastNumber += 1
                let line = Line(number: lastNumber, offer: offers[lastNumber % offers.count])
                _ = state.withLock { $0.account.offered.insert(line.transaction) }
                send(line)
            }
        }
        do {
            try exchange(state)
        } catch {
            process?.end(SIGKILL)
            process = nil
        }
        if !open.isEmpty, now - lastAnswerAt > Recorder.patience { process?.end(SIGKILL) }
        state.withLock { [process, count = open.count + again.count] in
            $0.open = count
            $0.process = process?.pid
        }
    }

    /// Starts one if there is none; what the last one had not answered goes to the next.
    private func ensureProcess(now: Int64) {
        if let process, process.output != nil { return }
        process?.end(SIGKILL)
        unwritten = []
        let lost = open.values.sorted { $0.number < $1.number }
        open = [:]
        again += lost.map { ($0, now) }
        lastAnswerAt = now
        let errorOutput = (try? Descriptor.open(log, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600))
            .map(ChildProcess.Stream.descriptor)
        process = try? LineProcess(
            Programs.path("recordConversion"), ["--stream"], environment: environment,
            errorOutput: errorOutput ?? .null)
    }

    private func send(_ line: Line) {
        if open.isEmpty { lastAnswerAt = Clock.monotonicNanoseconds }
        open[line.number] = line
        unwritten += line.bytes
    }

    private func exchange(_ state: borrowing Mutex<Load.State>) throws {
        guard let process else {
            _ = try wait(for: [], milliseconds: 50)
            return
        }
        if !unwritten.isEmpty { unwritten = unwritten.dropFirst(try process.writeSome(unwritten)) }
        if let output = process.output { _ = try wait(for: [.read(output)], milliseconds: 5) }
        for line in try process.takeLines() { take(line, state) }
    }

    private func take(_ bytes: [UInt8], _ state: borrowing Mutex<Load.State>) {
        let now = Clock.unixMilliseconds
        guard let answer = try? JSON(parsing: bytes, depth: JSON.depthLimit + 8), let id = answer["id"]?.integer,
            let line = open.removeValue(forKey: id)
        else { return }
        lastAnswerAt = Clock.monotonicNanoseconds
        if let conversion = answer.at("output.conversion.id")?.integer {
            let deliveries = (answer.at("output.deliveries")?.items ?? []).compactMap { $0["id"]?.integer }
            let kept = Account.Answer(conversion: conversion, deliveries: deliveries, at: now)
            state.withLock { $0.account.answers[line.transaction] = kept }
        } else if answer.at("error.retryable") == true {
            again.append((line, Clock.monotonicNanoseconds + 100_000_000))
            state.withLock { $0.repeats += 1 }
        } else {
            let refusal = String(decoding: bytes, as: UTF8.self)
            state.withLock { $0.account.refusals[line.transaction] = refusal }
        }
    }
}
