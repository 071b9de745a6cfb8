import Adapters
import Domain
import FunctionRuntime
import Input
import JSON
import Presets

/// The answers that the console needs besides those of the functions.
extension GatewayService {
    /// The lists that the pages show: the macros, beginning with those that most postbacks need, and the presets.
    static let catalog: JSON = {
        let usual = ["{click_id}", "{transaction_id}", "{status}", "{payout}", "{currency}", "{sub1}"]
        let all = MacroReference.macros + MacroReference.modifiers
        let first = usual.compactMap { template in all.first { $0.template == template } }
        return [
            "macros": .array(
                (first + all.filter { !first.contains($0) }).map {
                    ["template": .string($0.template), "meaning": .string($0.meaning)]
                }),
            "presets": .array(Preset.all.map(described)),
        ]
    }()

    private static func described(_ preset: Preset) -> JSON {
        [
            "name": .string(preset.name), "title": .string(preset.title),
            "options": .array(
                preset.options.map { use in
                    [
                        "name": .string(use.option.rawValue), "meaning": .string(use.meaning),
                        "isNeeded": .bool(preset.neededOptions.contains(use.option)),
                    ]
                }),
        ]
    }

    /// Answers the fields of a postback that a preset fills in, in the words of createPostback.
    func presetFields(_ body: [UInt8]) throws(Refusal) -> HTTPAnswer {
        do throws(FunctionError) {
            try CallLine.check(body, limit: GatewayService.bodyLimit)
            var fields = Fields((try? JSON(parsing: body))?.members ?? [])
            let name = fields.required("preset", Rule<String>.text(1...64))
            let status = fields.required("status", .oneOf(ConversionStatus.self, placeholder: .done))
            let given = fields.required("options", GatewayService.options)
            fields.refuseUnknown()
            guard fields.faults.isEmpty else { throw FunctionError.invalidRequest(fields.faults) }
            let owner = Preset.Owner(affiliate: "any", offer: "any")
            let input = try Preset.named(name).input(owner, status: status, given)
            let whose = ["offerId", "affiliateId", "conversionStatus"]
            return .json(.object(input.members.filter { !whose.contains($0.name) }))
        } catch {
            throw Refusal(error)
        }
    }

    /// The options of a preset that have a value.
    private static var options: Rule<[PresetOption: String]> {
        .object { fields in
            let values = PresetOption.allCases.map { ($0, fields.optional($0.rawValue, Rule<String>.text(1...2048))) }
            return Dictionary(uniqueKeysWithValues: values.compactMap { option, value in value.map { (option, $0) } })
        }
    }
}
