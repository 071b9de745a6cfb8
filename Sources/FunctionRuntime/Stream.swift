import Input
import JSON
import System

/// The warm mode: it reads lines and writes an answer for each until the input ends.
enum Stream {
    /// The highest number of lines that are read together.
    private static let lineLimit = 500
    /// The number of bytes after which a turn reads no further line, so that the calls that are being processed are not
    /// delayed.
    private static let turnBytes = 1 << 18

    static func run<F: BatchFunction>(batches type: F.Type, _ settings: Settings) throws(SystemError) {
        var reader = LineReader(.standardInput, lengthLimit: F.inputLimit + StreamLine.envelopeLimit)
        var function: F?
        let log = CallLog(type, settings)
        while true {
            let lines = try reader.next(lineLimit)
            if lines.isEmpty { return }
            var answers = StreamAnswers(log)
            var calls = lines.compactMap { answers.readable($0, of: type) }[...]
            while !calls.isEmpty {
                let batch = calls.prefix(F.batchLimit)
                calls = calls.dropFirst(batch.count)
                do throws(FunctionError) {
                    if function == nil { function = try F(settings) }
                    guard let results = function?.handle(batch.map(\.input)) else { throw .internal }
                    for (call, result) in zip(batch, results) { answers.append(call.id, result) }
                } catch {
                    for call in batch { answers.fail(call.id, error) }
                }
                try answers.sendIfMany()
            }
            try answers.send()
        }
    }

    /// Reads lines as the warm mode does, but only checks them. The output of a valid line is empty, except for
    /// warnings about fields that were corrected or left out.
    static func check<F: Function>(_ type: F.Type, _ settings: Settings) throws(SystemError) {
        var reader = LineReader(.standardInput, lengthLimit: F.inputLimit + StreamLine.envelopeLimit)
        var function: F?
        let log = CallLog(type, settings)
        while true {
            let lines = try reader.next(lineLimit)
            if lines.isEmpty { return }
            var answers = StreamAnswers(log)
            for line in lines {
                guard let call = answers.readable(line, of: type) else { continue }
                do throws(FunctionError) {
                    if function == nil { function = try F(settings) }
                    try function?.check(call.input)
                    let warnings = call.input.warnings.map(\.json)
                    let output: JSON = warnings.isEmpty ? [:] : ["warnings": .array(warnings)]
                    answers.append(call.id, .success(output))
                } catch {
                    answers.fail(call.id, error)
                }
            }
            try answers.send()
        }
    }

    static func run<F: ConcurrentFunction>(concurrently type: F.Type, _ settings: Settings) throws(SystemError) {
        var reader = LineReader(.standardInput, lengthLimit: F.inputLimit + StreamLine.envelopeLimit)
        let log = CallLog(type, settings)
        var warm = WarmFunction<F>(settings: settings)
        while true {
            var answers = StreamAnswers(log)
            var begun = 0
            while warm.hasRoom, begun < turnBytes, let line = reader.removeFirstLine() {
                begun += line.length
                guard let call = answers.readable(line, of: type) else { continue }
                do throws(FunctionError) {
                    try warm.begin(call.input, id: call.id, at: log.start())
                } catch {
                    answers.fail(call.id, error)
                }
                try answers.sendIfMany()
            }
            try answers.send()
            if warm.isIdle {
                if reader.hasLines { continue }
                if reader.hasEnded { return }
                try reader.read()
            } else {
                let isReading = warm.hasRoom && !reader.hasEnded
                let turn = warm.advance(
                    alsoWaitingFor: isReading ? Descriptor.standardInput.number : nil,
                    waits: !(warm.hasRoom && reader.hasLines))
                var answers = StreamAnswers(log)
                for (id, start, answer) in turn.answers {
                    answers.append(id, answer, since: start)
                    try answers.sendIfMany()
                }
                try answers.send()
                // Lines that were read already come first.
                if turn.isReadable, !reader.hasLines { try reader.read() }
            }
        }
    }
}

/// A concurrent function with the ids of the lines that it works on.
private struct WarmFunction<F: ConcurrentFunction> {
    let settings: Settings
    private var function: F?
    /// The calls that are being processed, by their tickets: the id of the line and the start time.
    private var calls: [UInt64: (id: JSON, start: Instant?)] = [:]
    private var lastTicket: UInt64 = 0

    init(settings: Settings) {
        self.settings = settings
    }

    var isIdle: Bool { calls.isEmpty }
    var hasRoom: Bool { calls.count < F.capacity && function?.isFull != true }

    mutating func begin(_ input: F.Input, id: JSON, at start: Instant?) throws(FunctionError) {
        if function == nil { function = try F(settings) }
        lastTicket += 1
        calls[lastTicket] = (id, start)
        function?.begin(input, ticket: lastTicket)
    }

    mutating func advance(alsoWaitingFor descriptor: CInt?, waits: Bool) -> (
        answers: [(id: JSON, start: Instant?, answer: F.Answer)], isReadable: Bool
    ) {
        guard let turn = function?.advance(alsoWaitingFor: descriptor, waits: waits) else { return ([], false) }
        let answers = turn.answers.map { ticket, answer -> (id: JSON, start: Instant?, answer: F.Answer) in
            let call = calls.removeValue(forKey: ticket)
            return (call?.id ?? .null, call.flatMap(\.start), answer)
        }
        return (answers, turn.isReadable)
    }
}
