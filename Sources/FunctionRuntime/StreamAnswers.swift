import JSON
import System

/// The answers of one turn of the warm mode, collected to save write calls.
struct StreamAnswers {
    private var writer = JSONWriter()
    private let log: CallLog
    /// When the lines of this turn were read.
    private let start: Instant?

    init(_ log: CallLog) {
        self.log = log
        start = log.start()
    }

    /// The number of bytes above which the answers are written. Larger writes would not save time.
    private static let many = 1 << 20

    /// Reads the call on a line. A line without a valid call is answered here, and the result is nil.
    mutating func readable<F: Function>(_ line: LineReader.Line, of type: F.Type) -> (id: JSON, input: F.Input)? {
        let call = StreamCall<F>(line)
        switch call.input {
        case .success(let input): return (call.id, input)
        case .failure(let error):
            fail(call.id, error)
            return nil
        }
    }

    mutating func send() throws(SystemError) {
        if writer.bytes.isEmpty { return }
        try Descriptor.standardOutput.writeAll(writer.takeBytes())
    }

    mutating func sendIfMany() throws(SystemError) {
        if writer.bytes.count > StreamAnswers.many { try send() }
    }

    /// `start` is the time at which the call was started; nil if that was in this turn.
    mutating func append(_ id: JSON, _ answer: Result<some FunctionOutput, FunctionError>, since start: Instant? = nil)
    {
        log.ended(answer, since: start ?? self.start)
        writer.object { writer in
            writer.member("id", id)
            switch answer {
            case .success(let output): writer.member("output", output)
            case .failure(let error): writer.member("error", error.json)
            }
        }
        writer.endLine()
    }

    mutating func fail(_ id: JSON, _ error: FunctionError, since start: Instant? = nil) {
        append(id, Result<JSON, FunctionError>.failure(error), since: start)
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: StaticString, _ output: some FunctionOutput) {
        member(name) { (writer: inout JSONWriter) in output.write(to: &writer) }
    }
}
