import FunctionRuntime
import JSON

/// One line of the poller: `{"id":…,"input":{…}}`.
struct RemoteCall {
    /// The id as it stands in the line.
    let id: [UInt8]
    /// The input of deliverPostback as it stands in the line.
    let input: [UInt8]
    /// The input's `deliveryId` and `attempt`, which the answer must repeat.
    let delivery: JSON
    let attempt: JSON

    /// A line that is not a call, with its answer.
    struct Malformed: Error {
        let line: [UInt8]
    }

    init(_ line: [UInt8]) throws(Malformed) {
        guard let members = try? JSON.outline(of: line, depth: JSON.depthLimit + 1),
            let id = members.first(where: { $0.name == "id" })?.place,
            let input = members.first(where: { $0.name == "input" })?.place, members.count == 2,
            case let fields = try? JSON.outline(of: Array(line[input]), depth: JSON.depthLimit), let fields
        else {
            let id = JSON.leadingMember("id", of: line) ?? .null
            let error = FunctionError(.invalidJSON, "the line must be {\"id\":…,\"input\":{…}}")
            throw Malformed(line: RemoteCall.line(id.bytes, "error", error.json.bytes))
        }
        self.id = Array(line[id])
        let body = Array(line[input])
        func value(_ name: String) -> JSON {
            fields.first { $0.name == name }.flatMap { try? JSON(parsing: Array(body[$0.place])) } ?? .null
        }
        self.input = body
        delivery = value("deliveryId")
        attempt = value("attempt")
    }

    /// A line of output. `value` is JSON in one line.
    static func line(_ id: [UInt8], _ member: String, _ value: [UInt8]) -> [UInt8] {
        Array(#"{"id":"#.utf8) + id + Array(",\"\(member)\":".utf8) + value + Array("}\n".utf8)
    }
}
