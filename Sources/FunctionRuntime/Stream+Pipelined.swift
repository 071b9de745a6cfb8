import JSON
import System

extension Stream {
    /// Reads the lines of the next batch while the function works on earlier ones. A batch begins when all earlier ones
    /// are answered, or before if it is full and the function takes it. All answers, also those to wrong lines, come in
    /// the order of the lines.
    static func run<F: PipelinedFunction>(pipelined type: F.Type, _ settings: Settings) throws(SystemError) {
        var reader = LineReader(.standardInput, lengthLimit: F.inputLimit + StreamLine.envelopeLimit)
        let log = CallLog(type, settings)
        var function = PipelinedCalls<F>(settings)
        var begun: [PipelinedBatch<F>] = []
        var next = PipelinedBatch<F>(start: log.start())
        func beginNext() {
            guard function.begin(next.inputs) else { return }
            begun.append(next)
            next = PipelinedBatch(start: log.start())
        }
        while true {
            if begun.isEmpty {
                for line in try reader.next(F.batchLimit) { next.append(line) }
                if next.isEmpty { return }
                beginNext()
            }
            while next.hasRoom, let line = reader.removeFirstLine() { next.append(line) }
            if !next.hasRoom { beginNext() }
            let isReading = next.hasRoom && !reader.hasEnded
            guard let results = function.finish(unlessReadable: isReading ? Descriptor.standardInput.number : nil)
            else {
                try reader.read()
                continue
            }
            let answered = begun.removeFirst()
            // The next batch begins first, so that the server works on it while these answers are written.
            if begun.isEmpty ? !next.isEmpty : !next.hasRoom { beginNext() }
            var answers = StreamAnswers(log)
            try answered.send(results, with: &answers)
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
    /// The batches that are not answered, from the earliest on.
    private var begun: [Work] = []

    private enum Work {
        /// The batch has no inputs.
        case none
        case begun
        /// The function could not be created. The answers to so many inputs are this error.
        case failed(FunctionError, count: Int)
    }

    init(_ settings: Settings) {
        self.settings = settings
    }

    /// Returns false if the function has to answer an earlier batch before.
    mutating func begin(_ inputs: [F.Input]) -> Bool {
        if inputs.isEmpty {
            begun.append(.none)
            return true
        }
        do throws(FunctionError) {
            if function == nil { function = try F(settings) }
            guard function?.begin(inputs) == true else { return false }
            begun.append(.begun)
        } catch {
            begun.append(.failed(error, count: inputs.count))
        }
        return true
    }

    /// Waits for the answers to the inputs of the earliest batch; nil if `descriptor` became readable before.
    mutating func finish(unlessReadable descriptor: CInt?) -> [F.Answer]? {
        var answers: [F.Answer] = []
        switch begun.first {
        case nil, .none?: break
        case .failed(let error, let count): answers = Array(repeating: .failure(error), count: count)
        case .begun:
            guard let finished = function?.finish(unlessReadable: descriptor) else { return nil }
            answers = finished
        }
        begun.removeFirst()
        return answers
    }
}
