import Domain
import Input
import JSON
import Testing

/// Each field of recordConversion's input has its place wherever a conversion is described or made up.
struct ConversionFieldsTests {
    /// The names in a stored conversion: `offerId` is the `id` of `offer` there. `silent` is stored with the event.
    private let names: [String] = {
        var fields = Fields.describing()
        _ = NewConversion(&fields)
        return (fields.schema["properties"] ?? .null).members.map(\.name).filter { $0 != "silent" }.map { name in
            ["offerId", "affiliateId", "goalId"].contains(name) ? String(name.dropLast(2)) : name
        }
    }()

    @Test func `the schema of a conversion has each field of the input`() {
        let described = (Schema.conversion["properties"] ?? .null).members.map(\.name)
        #expect(names.count >= 17)
        #expect(names.filter { !described.contains($0) } == [])
    }

    @Test func `the sample of a conversion has a value for each field of the input`() {
        let sample = SampleConversion.standard.event(status: .done, now: Timestamp(milliseconds: 0)).conversion
        let without = names.filter { name in !sample.members.contains { $0.isNamed(name) } }
        // The status is the event's, and only a rejected conversion has a reason.
        #expect(without == ["status", "statusReason"])
    }

    @Test func `each field of the input can be given for the sample`() {
        var fields = Fields.describing()
        _ = SampleConversion(&fields)
        let given = (fields.schema["properties"] ?? .null).members.map { member in
            ["offerId", "affiliateId", "goalId"].contains(member.name) ? String(member.name.dropLast(2)) : member.name
        }
        #expect(names.filter { !given.contains($0) } == [])
    }
}
