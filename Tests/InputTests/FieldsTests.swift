import Input
import JSON
import Testing

/// An offer as an input could contain it.
private struct Offer {
    let id: String
    let count: Int
    let isOn: Bool
    let goals: [(id: String, name: String?)]
    let note: Change<String>

    init(_ fields: inout Fields) {
        id = fields.required("id", .identifier)
        count = fields.optional("count", .integer(1...10), default: 3, "How many.")
        isOn = fields.optional("on", .boolean, default: false)
        goals = fields.optional("goals", .list(of: .goal, count: 0...3), default: [])
        note = fields.change("note", .text(1...5))
    }
}

extension Rule where Value == (id: String, name: String?) {
    fileprivate static var goal: Rule {
        object { fields in (fields.required("id", .identifier), fields.optional("name", .text(1...5))) }
    }
}

struct FieldsTests {
    private func read(_ text: String) throws -> (offer: Offer, faults: [String]) {
        guard case .object(let members) = try JSON(parsing: Array(text.utf8)) else {
            throw Invalid("must be an object")
        }
        var fields = Fields(members)
        let offer = Offer(&fields)
        fields.refuseUnknown()
        return (offer, fields.faults.map { "\($0.field) \($0.message)" })
    }

    @Test func `fields are read by name, with defaults for what is left out or null`() throws {
        let (offer, faults) = try read(#"{"goals":[{"id":"g1"},{"name":"n","id":7}],"id":"o1","count":null}"#)
        #expect(faults.isEmpty)
        #expect(offer.id == "o1")
        #expect(offer.count == 3)
        #expect(offer.isOn == false)
        #expect(offer.goals.map(\.id) == ["g1", "7"])
        #expect(offer.goals.map(\.name) == [nil, "n"])
    }

    @Test func `all faults are named at once, each with its path`() throws {
        let text = #"""
            {"count":11,"on":"yes","goals":[{"id":"g"},{"nam":"x"},{"id":true,"name":"too long"}],"note":"too long","Id":"o","zzzzzz":1}
            """#
        #expect(
            try read(text).faults == [
                "id is missing",
                "count must be a whole number from 1 to 10, not 11",
                "on must be true or false, not a string",
                "goals[1].id is missing",
                "goals[1].nam is not a field here; did you mean \"name\"?",
                "goals[2].id must be a string or an integer, not a boolean",
                "goals[2].name must have at most 5 characters, not 8",
                "note must have at most 5 characters, not 8",
                "Id is not a field here; did you mean \"id\"?",
                "zzzzzz is not a field here",
            ])
    }

    @Test func `of an update, what is left out keeps, null clears, and a value sets`() throws {
        func note(_ text: String) throws -> String {
            switch try read(text).offer.note {
            case .keep: "keep"
            case .clear: "clear"
            case .set(let value): "set \(value)"
            }
        }
        #expect(try note(#"{"id":"o"}"#) == "keep")
        #expect(try note(#"{"id":"o","note":null}"#) == "clear")
        #expect(try note(#"{"id":"o","note":"x"}"#) == "set x")
        #expect(try note(#"{"id":"o","note":""}"#) == "keep")
    }

    @Test func `an empty text is a field left out where the text cannot be empty`() throws {
        #expect(try read(#"{"id":"o","goals":[{"id":"g","name":""}],"note":""}"#).faults == [])
        #expect(try read(#"{"id":"o","goals":[{"id":"g","name":""}]}"#).offer.goals.first?.name == nil)
        #expect(try read(#"{"id":"","count":""}"#).faults.count == 2)
    }

    @Test func `a required field must not be null`() throws {
        #expect(try read(#"{"id":null}"#).faults == ["id must be a string or an integer, not null"])
    }

    @Test func `the schema says what the code reads`() {
        var fields = Fields.describing()
        _ = Offer(&fields)
        #expect(fields.faults.isEmpty)
        let schema = fields.schema
        #expect(schema["type"] == "object")
        #expect(schema["required"] == ["id"])
        #expect(schema["additionalProperties"] == false)
        #expect(
            schema["properties"]?["count"] == [
                "minimum": 1, "maximum": 10, "type": ["integer", "null"], "default": 3, "description": "How many.",
            ])
        let goal = schema["properties"]?["goals"]?["items"]
        #expect(goal?["required"] == ["id"])
        #expect(goal?["additionalProperties"] == false)
        #expect(schema["properties"]?["goals"]?["maxItems"] == 3)
        guard case .object(let properties)? = schema["properties"] else {
            Issue.record("no properties")
            return
        }
        #expect(properties.map(\.name) == ["id", "count", "on", "goals", "note"])
    }
}
