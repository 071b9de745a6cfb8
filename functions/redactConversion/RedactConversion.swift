import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct RedactConversion: SimpleFunction {
    static let contract = Contract(
        "redactConversion", version: Version.current,
        summary: """
            blanks ip, userAgent, params, statusReason and clickId of a conversion, in its events and attempts too.
            Ids, amounts, states and country stay. Deliveries that are still owed are sent without the blanked values.
            A clickId becomes redacted-<conversionId>: another conversion with that click alone is not a repeat of it.
            The inFlight deliveries store their requests after this call: call again until there are none.
            """,
        example: ["conversionId": 1],
        output: Schema.object([
            "conversion": Schema.conversion, "redactedAttempts": Schema.integer, "inFlight": Schema.integer,
        ]),
        settings: Database.settings)

    struct Input: FunctionInput {
        let conversionID: Int
        init(_ fields: inout Fields) { conversionID = fields.required("conversionId", .assignedID, "The conversion.") }
    }

    struct Output: FunctionOutput {
        let redaction: Redaction
        var json: JSON {
            [
                "conversion": redaction.conversion, "redactedAttempts": .integer(redaction.attempts),
                "inFlight": .integer(redaction.inFlight),
            ]
        }
    }

    private let redactor: ConversionRedactor

    init(_ settings: Settings) throws(FunctionError) {
        redactor = ConversionRedactor(try Database(settings, applicationName: RedactConversion.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        Output(redaction: try redactor.redact(input.conversionID))
    }
}
