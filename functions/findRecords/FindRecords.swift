import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct FindRecords: SimpleFunction {
    static let contract = Contract(
        "findRecords", version: Version.current,
        summary:
            "finds conversions, deliveries, postbacks, offers and affiliates by any exact id, at most 20 of each.",
        example: ["text": "click-1001"],
        output: FoundRecords.schema,
        settings: Database.settings)

    typealias Output = FoundRecords

    struct Input: FunctionInput {
        let search: RecordSearch
        init(_ fields: inout Fields) { search = RecordSearch(&fields) }
    }

    private let finder: RecordFinder

    init(_ settings: Settings) throws(FunctionError) {
        finder = RecordFinder(try Database(settings, applicationName: FindRecords.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        try finder.find(input.search)
    }
}
