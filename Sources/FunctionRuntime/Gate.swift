import Input
package import JSON

/// Checks all input: it parses bytes into one JSON object and reads the object as a function's input, or throws an
/// error that says why not.
package enum Gate {
    /// Parses the bytes as one JSON object and returns its members.
    package static func object(_ bytes: [UInt8], limit: Int) throws(FunctionError) -> [JSON.Member] {
        guard bytes.count <= limit else { throw FunctionError(.invalidJSON, "the input is larger than \(limit) bytes") }
        switch try parse(bytes, depth: JSON.depthLimit) {
        case .object(let members): return members
        case let other: throw notAnObject(other)
        }
    }

    fileprivate static func notAnObject(_ json: JSON) -> FunctionError {
        FunctionError(.invalidJSON, "the input must be one JSON object, not \(json.kind)")
    }

    static func input<Input: FunctionInput>(_ members: [JSON.Member], as type: Input.Type) throws(FunctionError)
        -> Input
    {
        var fields = Fields(members)
        let input = Input(&fields)
        fields.refuseUnknown()
        guard fields.faults.isEmpty else { throw .invalidRequest(fields.faults) }
        return input
    }

    /// `envelope` is the name of the member of the envelope that contains the input (`input`). It is nil if the bytes
    /// themselves are the input.
    fileprivate static func parse(
        _ bytes: [UInt8], depth: Int, envelope: String? = nil
    ) throws(FunctionError) -> JSON {
        do throws(MalformedJSON) {
            return try JSON(parsing: bytes, depth: depth)
        } catch {
            let inner = envelope.map { error.path.relative(toMember: $0) } ?? error.path
            let (whole, path) = inner.map { ("input", $0) } ?? ("line", error.path)
            // An envelope is one line, and a program may have put it around the input, so only columns are given.
            let place =
                envelope == nil
                ? error.place.map { "\($0)" }
                : (inner == nil ? error.place : error.placeInMember).map { "column \($0.column) of the \(whole)" }
            throw FunctionError(
                .invalidJSON, "the \(whole) \(error.sentence(place, in: path.description))",
                details: [Fault(path, error.sentence(place))])
        }
    }
}

/// One line of the warm mode: `{"id":…,"input":{…}}`.
struct StreamLine {
    /// The caller's id, which the answer repeats; null if none could be read.
    let id: JSON
    let input: Result<[JSON.Member], FunctionError>

    /// The size in bytes that the envelope may add to the largest input.
    static let envelopeLimit = 1024

    init(_ bytes: [UInt8]) {
        do throws(FunctionError) {
            // The envelope adds one level of nesting.
            let json = try Gate.parse(bytes, depth: JSON.depthLimit + 1, envelope: "input")
            id = StreamLine.id(json["id"])
            input = StreamLine.input(json)
        } catch {
            id = StreamLine.id(JSON.leadingMember("id", of: bytes))
            input = .failure(error)
        }
    }

    /// `beginning` is the kept beginning of a line that was too long.
    init(tooLong beginning: [UInt8], limit: Int) {
        self.init(
            id: StreamLine.id(JSON.leadingMember("id", of: beginning)),
            input: .failure(FunctionError(.invalidJSON, "the line is larger than \(limit) bytes")))
    }

    private init(id: JSON, input: Result<[JSON.Member], FunctionError>) {
        self.id = id
        self.input = input
    }

    private static func id(_ json: JSON?) -> JSON {
        switch json {
        case .string?, .number?: json ?? .null
        default: .null
        }
    }

    private static func input(_ json: JSON) -> Result<[JSON.Member], FunctionError> {
        guard case .object(let members) = json else {
            return .failure(FunctionError(.invalidJSON, "the line must be one JSON object, not \(json.kind)"))
        }
        var faults: [Fault] = []
        if id(json["id"]) == .null { faults.append(Fault(.root.member("id"), "must be a string or a number")) }
        for member in members where member.name != "id" && member.name != "input" {
            faults.append(Fault(.root.member(member.name), "is not a field of a line; expected \"id\" and \"input\""))
        }
        if json["input"] == nil { faults.append(Fault(.root.member("input"), "is missing")) }
        guard faults.isEmpty, let input = json["input"] else { return .failure(.invalidRequest(faults)) }
        guard case .object(let members) = input else { return .failure(Gate.notAnObject(input)) }
        return .success(members)
    }
}
