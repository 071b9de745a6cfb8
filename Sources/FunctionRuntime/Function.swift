package import Input
package import JSON

/// A function's input, read from the fields of the input object.
package protocol FunctionInput {
    init(_ fields: inout Fields)

    /// The JSON Schema of the input object.
    static var schema: JSON { get }

    /// The fields that were corrected or left out.
    var warnings: [FieldWarning] { get }

    /// Reads a line of the warm mode, `{"id":…,"input":{…}}`, in one pass, if it has exactly the form in which a known
    /// program writes it. Returns nil for every other line; then `init(_:)` reads its input, or finds its mistakes.
    /// Both give the same result for a line that both accept.
    static func reading(line: [UInt8]) -> (id: JSON, input: Self)?
}

extension FunctionInput {
    package var warnings: [FieldWarning] { [] }

    package static func reading(line: [UInt8]) -> (id: JSON, input: Self)? { nil }

    package static var schema: JSON {
        var fields = Fields.describing()
        _ = Self(&fields)
        return fields.schema
    }
}

/// A function's successful answer.
package protocol FunctionOutput {
    var json: JSON { get }

    /// Writes the same text as `json`. A type whose answers a warm process writes many times a second can implement it
    /// without making a tree of JSON values.
    func write(to writer: inout JSONWriter)
}

extension FunctionOutput {
    package func write(to writer: inout JSONWriter) { writer.write(json) }
}

extension JSON: FunctionOutput {
    package var json: JSON { self }
}

/// One operation. A function takes values and returns values; the runtime handles bytes, exit statuses and streams.
package protocol Function {
    associatedtype Input: FunctionInput
    associatedtype Output: FunctionOutput
    typealias Answer = Result<Output, FunctionError>

    static var contract: Contract { get }

    /// The largest input in bytes.
    static var inputLimit: Int { get }

    /// Reads the settings and creates the values that all calls of the process use. It opens no connection.
    init(_ settings: Settings) throws(FunctionError)

    /// Checks an input without a database and without a network. It may use the settings, and it changes nothing.
    func check(_ input: Input) throws(FunctionError)
}

/// The largest inputs in bytes. What passes inputs on, such as a server, has the same limits.
package enum InputLimit {
    package static let usual = 1 << 20
    /// That of deliverPostback: the conversion and the postback were each accepted with up to the usual limit; names and
    /// escapes come on top.
    package static let delivery = 4 << 20
}

extension Function {
    package static var inputLimit: Int { InputLimit.usual }

    /// Most functions have nothing to check beyond the reading of the input.
    package func check(_ input: Input) throws(FunctionError) {}
}

/// A function that answers a list of inputs together. In a single call the list has one input. In the warm mode it has
/// the inputs that have arrived, at most `batchLimit` of them.
package protocol BatchFunction: Function {
    /// The highest number of inputs that are handled together in the warm mode.
    static var batchLimit: Int { get }

    /// Returns one answer for each input, in the same order. A wrong input does not affect the others.
    mutating func handle(_ inputs: [Input]) -> [Answer]
}

extension BatchFunction {
    package static var batchLimit: Int { 500 }

    /// Answers the inputs that `check` refuses with its error, and lets `handle` answer the others together.
    package func checked(_ inputs: [Input], _ handle: ([Input]) -> [Answer]) -> [Answer] {
        let checks = inputs.map { input in Result { () throws(FunctionError) in try check(input) } }
        var answers = handle(zip(inputs, checks).compactMap { input, check in (try? check.get()).map { input } })[...]
        return checks.map { $0.flatMap { answers.popFirst() ?? .failure(.internal) } }
    }
}

/// A batch function that works on batches while the runtime reads the lines of the next one.
package protocol PipelinedFunction: BatchFunction {
    /// Starts to work on a batch, unless it has to wait until an earlier one is answered.
    /// - Returns: false if it has to wait. Without an earlier batch it never has to.
    mutating func begin(_ inputs: [Input]) -> Bool

    /// Waits for the answers to the earliest batch that was begun and is not answered: one for each input, in the same
    /// order.
    /// - Returns: nil if `descriptor` became readable before that.
    mutating func finish(unlessReadable descriptor: CInt?) -> [Answer]?
}

extension PipelinedFunction {
    package mutating func handle(_ inputs: [Input]) -> [Answer] {
        _ = begin(inputs)
        return finish(unlessReadable: nil) ?? []
    }
}

/// A function that answers one input at a time.
package protocol SimpleFunction: BatchFunction {
    mutating func handle(_ input: Input) throws(FunctionError) -> Output
}

extension SimpleFunction {
    /// Each answer may be a page of many megabytes, so it is written before the next one is made.
    package static var batchLimit: Int { 1 }

    package mutating func handle(_ inputs: [Input]) -> [Answer] {
        inputs.map { input in
            do throws(FunctionError) {
                return .success(try handle(input))
            } catch {
                return .failure(error)
            }
        }
    }
}

/// A function that works on many inputs concurrently and answers each when it is done.
package protocol ConcurrentFunction: Function {
    /// The highest number of inputs that are processed at the same time.
    static var capacity: Int { get }

    /// Whether the inputs that are being processed use all the memory that the function may use. The runtime then
    /// passes no further input until one is answered. The value must be false while no input is being processed.
    var isFull: Bool { get }

    /// Starts to work on an input; its answer will carry the same ticket.
    mutating func begin(_ input: Input, ticket: UInt64)

    /// Waits until there is an answer, the descriptor is readable, or one second is over. If `waits` is false, it does
    /// only what can be done at once.
    mutating func advance(alsoWaitingFor descriptor: CInt?, waits: Bool) -> (
        answers: [(ticket: UInt64, answer: Answer)], isReadable: Bool
    )
}
