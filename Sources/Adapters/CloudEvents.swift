import JSON
import Text

/// CloudEvents 1.0 over HTTP, in the binary and the structured mode. The event's data is the function's input. A sender
/// repeats an event until it gets an answer. So an event whose data has no id is recorded under its `source` and `id`,
/// which together are unique.
package enum CloudEvents {
    private static let structured = "application/cloudevents+json"
    private static let batch = "application/cloudevents-batch+json"

    /// Whether the request carries an event, or several.
    package static func isEvent(_ call: HTTPCall) -> Bool {
        call.mediaType.hasPrefix("application/cloudevents")
            || ["specversion", "id", "source", "type"].contains { call.headers.hasHeader("ce-\($0)") }
    }

    /// The answer to a request whose events are in a form that is not supported; nil for a supported form.
    package static func refusal(of call: HTTPCall) -> HTTPAnswer? {
        switch call.mediaType {
        case structured: nil
        case batch: unsupported("a batch of events is not taken; send each event in a request of its own")
        case let other where other.hasPrefix("application/cloudevents"):
            unsupported("events in the format \(other) are not taken; send them as \(structured)")
        case "", "application/json": nil
        case let other where other.hasSuffix("+json"): nil
        case let other: unsupported("the data of an event must be application/json, not \(other)")
        }
    }

    private static func unsupported(_ message: String) -> HTTPAnswer {
        let error: JSON = [
            "code": "invalid_request", "message": .string(message), "retryable": false, "details": .array([]),
        ]
        return HTTPAnswer(status: 415, object: JSON.object([JSON.Member("error", error)]).bytes)
    }

    /// The event's data as the input of this function.
    package static func input(of call: HTTPCall, for function: String) throws(UnusableCall) -> [UInt8] {
        let event = call.mediaType == structured ? try Event(structured: call.body) : try Event(binary: call)
        return try Identity.of(function)?.identifying(event) ?? event.data
    }

    /// The answer to an event that was handled has no body, because the sender would take a body for another event.
    package static func answer(_ answer: FunctionAnswer) -> HTTPAnswer {
        answer.kind == .done ? HTTPAnswer(status: 202) : HTTPAnswer(status: answer.httpStatus, object: answer.object)
    }
}

/// The attributes of an event that matter here, and its data.
private struct Event {
    let source: String
    let id: String
    /// The bytes of the data, which should be JSON; the function checks that.
    let data: [UInt8]

    init(binary call: HTTPCall) throws(UnusableCall) {
        func attribute(_ name: String) -> String? {
            call.headers.value(ofHeader: "ce-\(name)").flatMap {
                String(validating: PercentEncoding.decode($0.utf8), as: UTF8.self)
            }
        }
        try self.init(
            version: attribute("specversion"), id: attribute("id"), source: attribute("source"),
            type: attribute("type"), data: call.body)
    }

    init(structured body: [UInt8]) throws(UnusableCall) {
        let members: [(name: String, place: Range<Int>)]
        do throws(MalformedJSON) {
            // The envelope adds one level of nesting.
            members = try JSON.outline(of: body, depth: JSON.depthLimit + 1)
        } catch {
            throw UnusableCall("the event \(error.message)")
        }
        func bytes(_ name: String) throws(UnusableCall) -> [UInt8]? {
            let places = members.filter { $0.name == name }.map(\.place)
            guard places.count < 2 else { throw UnusableCall("the event has the member \(name) twice") }
            return places.first.map { Array(body[$0]) }
        }
        func text(_ name: String) throws(UnusableCall) -> String? {
            try bytes(name).flatMap { try? JSON(parsing: $0) }?.text
        }
        try self.init(
            version: try text("specversion"), id: try text("id"), source: try text("source"), type: try text("type"),
            data: try Event.data(plain: try bytes("data"), base64: try text("data_base64")))
    }

    private static func data(plain: [UInt8]?, base64: String?) throws(UnusableCall) -> [UInt8] {
        guard let base64 else { return plain ?? [] }
        guard plain == nil, let bytes = Base64.decode(base64) else {
            throw UnusableCall("the event's data_base64 must be base64 with its padding, and stand alone")
        }
        return bytes
    }

    private init(
        version: String?, id: String?, source: String?, type: String?, data: [UInt8]
    ) throws(UnusableCall) {
        guard version == "1.0" else { throw UnusableCall("the event's specversion must be 1.0") }
        guard let id, !id.isEmpty, let source, !source.isEmpty, type?.isEmpty == false else {
            throw UnusableCall("the event needs id, source and type, which are texts that are not empty")
        }
        self.source = source
        self.id = id
        self.data = data
    }
}

/// The fields by which a function recognises a repeated input. Only functions that create something have such fields;
/// the others may be called again without harm.
private struct Identity {
    /// The fields with which an input identifies itself. If it has one of them, the event's own id is not used.
    let own: [String]
    /// The field that gets the event's `source` and `id` if the input has none of `own`.
    let field: String
    /// The longest value of that field.
    let lengthLimit: Int

    static func of(_ function: String) -> Identity? {
        switch function {
        case "recordConversion":
            Identity(own: ["transactionId", "clickId"], field: "transactionId", lengthLimit: 4096)
        case "createPostback": Identity(own: ["idempotencyKey"], field: "idempotencyKey", lengthLimit: 200)
        default: nil
        }
    }

    /// The event's data; `field` is added if the data does not identify itself. Data that is not an object is passed on
    /// unchanged, and the function reports the fault.
    func identifying(_ event: Event) throws(UnusableCall) -> [UInt8] {
        guard let members = try? JSON.outline(of: event.data) else { return event.data }
        if members.contains(where: { own.contains($0.name) && !isBlank(event.data[$0.place]) }) { return event.data }
        let value = "\(event.source) \(event.id)"
        guard value.count <= lengthLimit else {
            throw UnusableCall(
                "the event has no \(field), and its source and id have more than the \(lengthLimit) characters of one")
        }
        let id = JSON.Member(field, .string(value))
        return ObjectBytes.make(of: event.data, members.filter { $0.name != field }, behind: [id])
    }

    /// Whether it counts as absent: null or the empty text.
    private func isBlank(_ value: ArraySlice<UInt8>) -> Bool {
        value.elementsEqual("null".utf8) || value.elementsEqual("\"\"".utf8)
    }
}
