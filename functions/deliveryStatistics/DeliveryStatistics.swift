import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct DeliveryStatistics: SimpleFunction {
    static let contract = Contract(
        "deliveryStatistics", version: Version.current,
        summary:
            "shows how many attempts were made in each minute, hour or day, what they led to and how long they took, for all or for each postback, destination, affiliate, offer or outcome.",
        example: ["since": "2026-01-01T00:00:00Z", "bucket": "day", "by": "affiliate"],
        output: AttemptStatistics.schema, settings: Database.settings)

    struct Input: FunctionInput {
        let query: StatisticsQuery
        init(_ fields: inout Fields) { query = StatisticsQuery(&fields) }
    }

    struct Output: FunctionOutput {
        let json: JSON
    }

    private let statistics: AttemptStatistics

    init(_ settings: Settings) throws(FunctionError) {
        statistics = AttemptStatistics(try Database(settings, applicationName: DeliveryStatistics.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        Output(json: try statistics.count(input.query))
    }
}
