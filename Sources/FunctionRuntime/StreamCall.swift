import JSON

/// The call on one line of the warm mode: the caller's id, and the input or the reason why there is none.
struct StreamCall<F: Function> {
    /// Null if no id could be read.
    let id: JSON
    let input: Result<F.Input, FunctionError>

    init(_ line: LineReader.Line) {
        let read: StreamLine
        switch line {
        case .line(let bytes):
            if let call = F.Input.reading(line: bytes) {
                (id, input) = (call.id, .success(call.input))
                return
            }
            read = StreamLine(bytes)
        case .tooLong(let beginning):
            read = StreamLine(tooLong: beginning, limit: F.inputLimit + StreamLine.envelopeLimit)
        }
        id = read.id
        input = read.input.flatMap { members in
            Result { () throws(FunctionError) in try Gate.input(members, as: F.Input.self) }
        }
    }
}
