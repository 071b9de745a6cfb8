import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct ShowHealth: SimpleFunction {
    static let contract = Contract(
        "showHealth", version: Version.current,
        summary:
            "shows what is owed and since when, the attempts of the last minutes, the pollers with their heartbeats and faults, and the destinations and postbacks to which nothing is sent.",
        example: [:], output: HealthReport.schema, settings: Database.settings)

    struct Input: FunctionInput {
        init(_ fields: inout Fields) {}
    }

    struct Output: FunctionOutput {
        let json: JSON
    }

    private let health: HealthReport

    init(_ settings: Settings) throws(FunctionError) {
        health = HealthReport(try Database(settings, applicationName: ShowHealth.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        Output(json: try health.report())
    }
}
