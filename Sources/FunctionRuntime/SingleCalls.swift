import Adapters
import Glibc
import JSON
import System

/// Calls that are made one at a time: a single call, or the calls of a platform with its own protocol.
struct SingleCalls<F: Function> {
    private let settings: Settings
    private let log: CallLog
    private let answer: (inout F, F.Input) throws(FunctionError) -> F.Output

    /// `answer` makes one call and waits for its answer.
    init(_ settings: Settings, _ answer: @escaping (inout F, F.Input) throws(FunctionError) -> F.Output) {
        self.settings = settings
        self.answer = answer
        log = CallLog(F.self, settings)
    }

    /// Answers the input on standard input. `exitStatus` returns the exit status for an answer, which depends on the
    /// platform.
    func answerStandardInput(_ exitStatus: (FunctionAnswer) -> Int32) throws(SystemError) -> Int32 {
        if isatty(STDIN_FILENO) == 1 {
            let notice = "\(F.contract.name): reads one JSON object; end it with Ctrl-D (see --help)\n"
            try Descriptor.standardError.writeAll(Array(notice.utf8))
        }
        let answer = call { () throws(FunctionError) in try read(.standardInput, "standard input") }
        try Descriptor.standardOutput.writeAll(answer.line)
        return exitStatus(answer)
    }

    func answer(_ cgi: CGI) throws(SystemError) -> Int32 {
        if let refusal = cgi.refusal {
            try Descriptor.standardOutput.writeAll(refusal)
            return 0
        }
        let answer = call { () throws(FunctionError) in
            let length = try usable { () throws(UnusableCall) in try cgi.bodyLength() }
            return try read(.standardInput, "standard input", length: length)
        }
        try Descriptor.standardOutput.writeAll(cgi.answer(answer))
        return 0
    }

    func answer(_ file: PayloadFile) throws(SystemError) -> Int32 {
        let answer = call { () throws(FunctionError) in
            let input: Descriptor
            do throws(SystemError) {
                input = try Descriptor.open(file.path, O_RDONLY)
            } catch {
                throw FunctionError(
                    .misconfigured, "\(PayloadFile.variable) names a file that cannot be read: \(error)")
            }
            return try read(input, file.path)
        }
        try Descriptor.standardOutput.writeAll(answer.line)
        return answer.exitStatus
    }

    /// Answers lines until the proxy closes standard input.
    func answer(_ openWhisk: OpenWhisk) throws(SystemError) -> Int32 {
        guard fcntl(OpenWhisk.answerDescriptor, F_GETFD) >= 0 else {
            throw SystemError(call: "descriptor 3, on which OpenWhisk reads the answers", code: EBADF)
        }
        let output = Descriptor(borrowing: OpenWhisk.answerDescriptor)
        if let acknowledgement = openWhisk.acknowledgement { try output.writeAll(acknowledgement) }
        var reader = LineReader(.standardInput, lengthLimit: F.inputLimit + OpenWhisk.envelopeLimit)
        var function: F?
        while let line = try reader.next(1).first {
            let answer = call(&function) { () throws(FunctionError) in
                guard case .line(let bytes) = line else {
                    throw FunctionError(.invalidJSON, "the input is larger than \(F.inputLimit) bytes")
                }
                return try usable { () throws(UnusableCall) in try OpenWhisk.input(of: bytes) }
            }
            try output.writeAll(OpenWhisk.answer(answer))
        }
        return 0
    }

    private func call(_ input: () throws(FunctionError) -> [UInt8]) -> FunctionAnswer {
        var function: F?
        return call(&function, input)
    }

    /// Makes one call with the function, which is created by the first call whose input can be read.
    private func call(_ function: inout F?, _ input: () throws(FunctionError) -> [UInt8]) -> FunctionAnswer {
        let start = log.start()
        let result: Result<F.Output, FunctionError>
        do throws(FunctionError) {
            let bytes = try input()
            let value = try Gate.input(try Gate.object(bytes, limit: F.inputLimit), as: F.Input.self)
            var called: F
            if let function { called = function } else { called = try F(settings) }
            // There must be one reference only, or a change would copy the state of the function.
            function = nil
            defer { function = called }
            result = .success(try answer(&called, value))
        } catch {
            result = .failure(error)
        }
        log.ended(result, since: start)
        switch result {
        case .success(let output): return FunctionAnswer(exitStatus: 0, object: output.json.bytes)
        case .failure(let error): return FunctionAnswer(error)
        }
    }

    /// Reads `length` bytes, or to the end if it is nil. If the input is too large, it returns one byte more than the
    /// limit.
    private func read(
        _ descriptor: Descriptor, _ name: String, length: Int? = nil
    ) throws(FunctionError) -> [UInt8] {
        let length = min(length ?? .max, F.inputLimit + 1)
        var bytes: [UInt8] = []
        do throws(SystemError) {
            while bytes.count < length {
                switch try descriptor.read(upTo: min(length - bytes.count, 1 << 20)) {
                case .bytes(let chunk): bytes += chunk
                case .wouldBlock: _ = try wait(for: [.read(descriptor)], atMost: nil)
                case .end: return bytes
                }
            }
        } catch {
            throw FunctionError(.invalidJSON, "the input cannot be read from \(name): \(error)")
        }
        return bytes
    }

    private func usable<T>(_ body: () throws(UnusableCall) -> T) throws(FunctionError) -> T {
        do throws(UnusableCall) { return try body() } catch { throw FunctionError(.invalidJSON, error.message) }
    }
}

extension FunctionAnswer {
    /// A failure as it is answered on standard output.
    package init(_ error: FunctionError) {
        self.init(
            exitStatus: error.code.exitStatus, object: JSON.object([JSON.Member("error", error.json)]).bytes)
    }

    /// The object and its line feed.
    var line: [UInt8] { object + [UInt8(ascii: "\n")] }
}
