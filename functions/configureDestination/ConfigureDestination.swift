import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct ConfigureDestination: SimpleFunction {
    static let contract = Contract(
        "configureDestination", version: Version.current,
        summary: "limits the requests in flight to a destination, or ends its block.",
        example: ["destination": "https://tracker.example", "maxInFlight": 4],
        output: Schema.object(["destination": Schema.destination]),
        settings: Database.settings)

    struct Input: FunctionInput {
        let changes: DestinationChanges
        init(_ fields: inout Fields) { changes = DestinationChanges(&fields) }
    }

    struct Output: FunctionOutput {
        let destination: JSON
        var json: JSON { ["destination": destination] }
    }

    private let store: DestinationStore

    init(_ settings: Settings) throws(FunctionError) {
        store = DestinationStore(try Database(settings, applicationName: ConfigureDestination.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        Output(destination: try store.configure(input.changes))
    }
}
