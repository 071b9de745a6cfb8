package import JSON

/// What a function takes: read from the fields of the input object.
package protocol FunctionInput {
    init(_ fields: inout Fields)

    /// JSON Schema of the input object.
    static var schema: JSON { get }

    /// What was put right or left out.
    var warnings: [FieldWarning] { get }
}

extension FunctionInput {
    package var warnings: [FieldWarning] { [] }

    package static var schema: JSON {
        var fields = Fields.describing()
        _ = Self(&fields)
        return fields.schema
    }
}

/// What a function answers.
package protocol FunctionOutput {
    var json: JSON { get }
}

/// One operation. A function takes values and returns values; bytes, exit statuses and streams are the runtime's.
package protocol Function {
    associatedtype Input: FunctionInput
    associatedtype Output: FunctionOutput
    typealias Answer = Result<Output, FunctionError>

    static var contract: Contract { get }

    /// The largest input in bytes.
    static var inputLimit: Int { get }

    /// Reads the settings and makes ready whatever serves many calls. Opens no connection.
    init(_ settings: Settings) throws(FunctionError)

    /// Judges an input as far as that needs nothing but the settings: no database, no network, no effect.
    func check(_ input: Input) throws(FunctionError)
}

extension Function {
    package static var inputLimit: Int { 1 << 20 }

    /// Most functions know all that can be known once the input has been read.
    package func check(_ input: Input) throws(FunctionError) {}
}

/// A function that answers many inputs at once: one when called by hand, whatever has arrived in the warm mode.
package protocol BatchFunction: Function {
    /// How many inputs are handled together at the most in the warm mode.
    static var batchLimit: Int { get }

    /// One answer for each input, in the same order. A bad input costs the others nothing.
    mutating func handle(_ inputs: [Input]) -> [Answer]
}

extension BatchFunction {
    package static var batchLimit: Int { 500 }

    /// Refuses what `check` refuses, and has the others handled together.
    package func checked(_ inputs: [Input], _ handle: ([Input]) -> [Answer]) -> [Answer] {
        let checks = inputs.map { input in Result { () throws(FunctionError) in try check(input) } }
        var answers = handle(zip(inputs, checks).compactMap { input, check in (try? check.get()).map { input } })[...]
        return checks.map { $0.flatMap { answers.popFirst() ?? .failure(.internal) } }
    }
}

/// A function that answers one input at a time.
package protocol SimpleFunction: BatchFunction {
    mutating func handle(_ input: Input) throws(FunctionError) -> Output
}

extension SimpleFunction {
    /// Each answer, which may be a page of many megabytes, can leave before the next one is made.
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

/// A function that works on many inputs at the same time and answers each when it is done.
package protocol ConcurrentFunction: Function {
    /// How many inputs it takes before some are answered.
    static var capacity: Int { get }

    /// Whether what it works on fills the memory that it may use: it takes no further input before some of it is answered.
    /// Never when it works on nothing.
    var isFull: Bool { get }

    /// Begins to work on an input; its answer carries the same ticket.
    mutating func begin(_ input: Input, ticket: UInt64)

    /// Waits until something is answered, the descriptor can be read, or a second is over.
    /// - Parameter waits: false goes on with what can be done at once.
    mutating func advance(alsoWaitingFor descriptor: CInt?, waits: Bool) -> (
        answers: [(ticket: UInt64, answer: Answer)], isReadable: Bool
    )
}

/// What a function is to those who call it.
package struct Contract: Sendable {
    package let name: String
    package let version: String
    /// One sentence: what it does.
    package let summary: String
    /// An input that works, for `--help`.
    package let example: JSON
    /// JSON Schema of a successful answer.
    package let output: JSON
    /// The settings that it reads.
    package let settings: [any SettingDescription]
    /// `--help` ends with these.
    package let notes: [HelpNote]

    package init(
        _ name: String, version: String, summary: String, example: JSON, output: JSON,
        settings: [any SettingDescription], notes: [HelpNote] = []
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.example = example
        self.output = output
        self.settings = settings
        self.notes = notes
    }
}
