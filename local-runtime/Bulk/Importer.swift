package import FunctionRuntime
import Glibc
import JSON
package import System

/// Streams rows through a function and records the result of each. Memory is constant, except for one bit per row.
package final class Importer {
    /// How an import ended.
    package enum End {
        case complete
        /// A signal, by its number.
        case interrupted(CInt)
        /// The import cannot go on now; the error says why.
        case stopped(FunctionError)
    }

    private let kind: ImportKind
    private let isDryRun: Bool
    private let isSilent: Bool
    private let source: ImportSource
    private let results: ResultsFile
    private let refused: RefusedFile
    private let signals: SignalDescriptor
    private let start: () throws(SystemError) -> WarmProcess
    package private(set) var progress = ImportProgress()

    private var function: WarmProcess
    private var rows: RowsInFlight
    private var patience: Patience
    private var retryTime: Instant = .distantPast
    private var stop: End?
    /// Whether there is room for rows, and none have been read.
    private var wantsInput = false
    /// How many times in a row the function has ended without an answer.
    private var unexpectedEnds = 0

    /// `program` is the function's path. `isSilent` says whether conversions are recorded as silent (R16). `patience`
    /// says how long to wait for a database that is away.
    package init(
        _ kind: ImportKind, program: String, environment: [String: String], isDryRun: Bool, isSilent: Bool,
        patience: Duration,
        from source: ImportSource, to results: ResultsFile, refused: RefusedFile, signals: SignalDescriptor
    ) throws {
        self.kind = kind
        self.isDryRun = isDryRun
        self.isSilent = isSilent
        self.source = source
        self.results = results
        self.refused = refused
        self.signals = signals
        rows = RowsInFlight(kind, isSilent: isSilent)
        self.patience = Patience(limit: patience)
        start = { () throws(SystemError) in
            try WarmProcess(program, [isDryRun ? "--check" : "--stream"], environment: environment)
        }
        function = try start()
    }

    /// Runs to the end of the input, or until it must stop; rows in flight are finished first. `show` draws the
    /// progress.
    package func run(show: (_ progress: inout ImportProgress, _ bytes: Int, _ size: Int?) -> Void) throws -> End {
        source.shape(refused)
        while true {
            try fill()
            try flush()
            show(&progress, source.bytesRead, source.size)
            if rows.inFlightCount == 0, stop != nil || source.hasEnded && rows.isEmpty { break }
            try turn()
        }
        for row in rows.takeRest() { finish(row, RowResult(word: .unavailable)) }
        try flush(atMost: .seconds(1))
        _ = try function.finish()
        return stop ?? .complete
    }

    /// Writes refused rows and results, a refused row before the result that says that it is done. After a signal it
    /// does not wait for a reader. `wait` says how long to wait for a reader after a signal.
    private func flush(atMost wait: Duration = .zero) throws {
        let limit = isInterrupted ? wait : nil
        let isRefusedWritten = try refused.flush(unless: signals.descriptor, atMost: limit)
        if try isRefusedWritten && results.flush(unless: signals.descriptor, atMost: limit) { return }
        let wasInterrupted = isInterrupted
        try checkSignals()
        if !wasInterrupted { try flush(atMost: wait) }
    }

    private var isInterrupted: Bool {
        if case .interrupted? = stop { true } else { false }
    }

    private func checkSignals() throws {
        guard let signal = try signals.readPending().first else { return }
        // A second signal does not wait for the rows in flight.
        if stop != nil {
            function.terminate(SIGKILL)
            try function.finish()
        }
        stop = .interrupted(signal)
        if !function.isOpen { rows.forgetInFlight() }
    }

    /// Sends rows while there is room, first those that are to be repeated.
    private func fill() throws {
        wantsInput = false
        while stop == nil, rows.hasRoom, Instant.now >= retryTime {
            if let line = rows.nextWaiting() {
                function.feed(line)
            } else if rows.isBlocked || patience.since != nil && rows.inFlightCount > 0 {
                // While it is not known whether the database is available again, a few rows are enough to find out.
                return
            } else if let row = try source.next() {
                accept(row)
            } else if !source.hasEnded, source.isPrimed {
                try source.read()
            } else {
                wantsInput = !source.hasEnded
                return
            }
        }
    }

    private func accept(_ row: ImportRow) {
        if results.done.contains(row.number) { return progress.skip() }
        let row = kind.read(row, isSilent: isSilent)
        if case .malformed(let reason) = row.input {
            write(.invalid(reason, line: row.line), row: row.number, row.source)
        } else {
            rows.add(row)
        }
    }

    /// Waits for events and handles them.
    private func turn() throws {
        var interests = function.interests + [.read(signals.descriptor)]
        if wantsInput { interests.append(.read(source.descriptor)) }
        let left = retryTime.remaining
        let longest: Duration = .milliseconds(500)
        let ready = try wait(for: interests, atMost: left > .zero ? min(left, longest) : longest)
        if wantsInput, ready.last == true { try source.read() }
        try checkSignals()
        // If the function does not read any more, the end of its output shows it.
        try? function.write()
        try function.read { try answer($0) }
        if !function.isOpen, rows.inFlightCount > 0 { try restart() }
    }

    /// Handles one line of the function.
    private func answer(_ line: ArraySlice<UInt8>) throws {
        guard let json = try? JSON(parsing: Array(line), depth: JSON.depthLimit + 8),
            case .number(let digits)? = json["id"], let number = Int(digits), let row = rows.removeInFlight(number)
        else {
            throw FunctionError(
                .internal,
                "\(kind.function) wrote a line that is not an answer: \(String(decoding: line.prefix(200), as: UTF8.self))"
            )
        }
        unexpectedEnds = 0
        guard let error = json["error"] else {
            patience.succeed()
            let output = json["output"] ?? .null
            return finish(row, isDryRun ? RowResult(valid: output) : kind.result(output))
        }
        guard let result = RowResult(error: error, line: row.line) else {
            rows.postpone(row)
            stop = stop ?? .stopped(FunctionError(.misconfigured, error["message"]?.text ?? ""))
            return
        }
        guard result.word == .unavailable else {
            patience.succeed()
            return finish(row, result)
        }
        rows.postpone(row)
        let now = Instant.now
        // All rows in flight fail together; that counts as one failure.
        guard now >= retryTime else { return }
        if let next = patience.fail(now: now) {
            retryTime = next
        } else {
            stop = stop ?? .stopped(FunctionError(.unavailable, error["message"]?.text ?? ""))
        }
    }

    private func finish(_ row: RowsInFlight.Row, _ result: RowResult) {
        rows.forget(row)
        write(result, row: row.number, row.source)
    }

    private func write(_ result: RowResult, row: Int, _ source: ImportRow.Source) {
        if let reason = result.refusal { refused.append(source, reason: reason) }
        results.append(result, row: row)
        progress.count(result.word)
    }

    /// Starts the function again when it has ended by itself. Rows without an answer are sent once more: each function
    /// can be called twice without harm.
    private func restart() throws {
        let status = try function.finish()
        unexpectedEnds += 1
        guard unexpectedEnds <= 3 else {
            rows.forgetInFlight()
            stop = .stopped(
                FunctionError(.internal, "\(kind.function) ended several times by itself (\(status)); see its log"))
            return
        }
        function = try start()
        for line in rows.linesInFlight { function.feed(line) }
    }
}
