package import FunctionRuntime
import Input

extension Preset {
    /// All presets in the order of the list. A preset is one file in `Known` and its entry here.
    package static let all: [Preset] = [
        .keitaro, .binom, .voluum, .redtrack, .affise, .everflow, .tune, .cake, .json,
    ]

    /// - Throws: `not_found`, naming the most similar preset.
    package static func named(_ name: String) throws(FunctionError) -> Preset {
        guard let preset = all.first(where: { $0.name == name.lowercased() }) else {
            let hint = Spelling.hint(for: name, among: all.map(\.name))
            throw FunctionError(.notFound, "there is no preset \"\(name.prefix(64))\"\(hint)")
        }
        return preset
    }
}
