import FunctionRuntime
import JSON
import Postbacks

extension PreviewPostback {
    struct Input: FunctionInput {
        enum Subject {
            case stored(Int)
            case new(NewPostback)
        }

        enum Source {
            case conversion(Int)
            case sample(SampleConversion)
        }

        let subject: Subject
        let source: Source

        /// `postbackId`, or createPostback's fields; `conversionId`, or `sample` with recordConversion's fields.
        init(_ fields: inout Fields) {
            let conversionID = fields.optional("conversionId", .madeHere)
            let sample = fields.optional("sample", .sampleConversion)
            if fields.isGiven("conversionId"), fields.isGiven("sample") {
                fields.refuse("sample", "stands beside conversionId; give one of them")
            }
            source = conversionID.map(Source.conversion) ?? .sample(sample ?? .standard)
            if let postbackID = fields.optional("postbackId", .madeHere) {
                subject = .stored(postbackID)
            } else {
                // While the schema is described both ways are, and neither is required.
                subject = .new(NewPostback(&fields))
            }
        }
    }
}
