import JSON
import System

extension Stream {
    /// Reads the lines of the next batch while the function works on one. All answers, also those to wrong lines, come
    /// in the order of the lines.
    static func run<F: PipelinedFunction>(pipelined type: F.Type, _ settings: Settings) throws(SystemError) {
        var reader = LineReader(.standardInput, lengthLimit: F.inputLimit + StreamLine.envelopeLimit)
        let log = CallLog(type, settings)
        var function = PipelinedCalls<F>(settings)
        while true {
            var batch = PipelinedBatch<F>(start: log.start())
            for line in try reader.next(F.batchLimit) { batch.append(line) }
            if batch.isEmpty { return }
            function.begin(batch.inputs)
            while !batch.isEmpty {
                var next = PipelinedBatch<F>(start: log.start())
                var results: [F.Answer]?
                while results == nil {
                    while next.hasRoom, let line = reader.removeFirstLine() { next.append(line) }
                    let isReading = next.hasRoom && !reader.hasEnded
                    results = function.finish(unlessReadable: isReading ? Descriptor.standardInput.number : nil)
                    if results == nil { try reader.read() }
                }
                // The next batch begins first, so that the server works on it while these answers are written.
                function.begin(next.inputs)
                var answers = StreamAnswers(log)
                try batch.send(results ?? [], with: &answers)
                batch = next
            }
        }
    }
}

/// The lines that are handled together, in the order in which they came.
private struct PipelinedBatch<F: PipelinedFunction> {
    private var calls: [StreamCall<F>] = []
    private var bytes = 0
    private let start: Instant?

    init(start: Instant?) {
        self.start = start
    }

    var isEmpty: Bool { calls.isEmpty }
    var hasRoom: Bool { calls.count < F.batchLimit && bytes < LineReader.readAheadLimit }

    /// The inputs of the lines that have one.
    var inputs: [F.Input] { calls.compactMap { try? $0.input.get() } }

    mutating func append(_ line: LineReader.Line) {
        bytes += line.length
        calls.append(StreamCall(line))
    }

    /// Sends an answer for each line. `results` has one for each of the inputs.
    func send(_ results: [F.Answer], with answers: inout StreamAnswers) throws(SystemError) {
        var results = results[...]
        for call in calls {
            switch call.input {
            case .success: answers.append(call.id, results.popFirst() ?? .failure(.internal), since: start)
            case .failure(let error): answers.fail(call.id, error, since: start)
            }
            try answers.sendIfMany()
        }
        try answers.send()
    }
}

/// A pipelined function that is created with its first batch.
private struct PipelinedCalls<F: PipelinedFunction> {
    private let settings: Settings
    private var function: F?
    private var work = Work.none

    private enum Work {
        case none, begun
        /// The function could not be created. The answers to so many inputs are this error.
        case failed(FunctionError, count: Int)
    }

    init(_ settings: Settings) {
        self.settings = settings
    }

    mutating func begin(_ inputs: [F.Input]) {
        if inputs.isEmpty { return }
        do throws(FunctionError) {
            if function == nil { function = try F(settings) }
            function?.begin(inputs)
            work = .begun
        } catch {
            work = .failed(error, count: inputs.count)
        }
    }

    /// Waits for the answers to the inputs that were begun; nil if `descriptor` became readable before.
    mutating func finish(unlessReadable descriptor: CInt?) -> [F.Answer]? {
        var answers: [F.Answer] = []
        switch work {
        case .none: break
        case .failed(let error, let count): answers = Array(repeating: .failure(error), count: count)
        case .begun:
            guard let finished = function?.finish(unlessReadable: descriptor) else { return nil }
            answers = finished
        }
        work = .none
        return answers
    }
}
