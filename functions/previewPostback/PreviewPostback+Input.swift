import Domain
import FunctionRuntime
import Input
import JSON

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

        /// Reads `postbackId` or createPostback's fields, and `conversionId` or `sample` with recordConversion's
        /// fields.
        init(_ fields: inout Fields) {
            // A caller who gives `id` or `postback`, but none of these fields, means a stored postback; the fault then
            // names `postbackId`.
            let isNew = ["offerId", "affiliateId", "conversionStatus", "url", "httpType"].contains {
                fields.isGiven($0)
            }
            let isMisspelt = ["id", "postback"].contains { fields.isGiven($0) }
            self.init(&fields, isStored: fields.isGiven("postbackId") || isMisspelt && !isNew)
        }

        private init(_ fields: inout Fields, isStored: Bool) {
            subject =
                isStored
                ? .stored(
                    fields.required(
                        "postbackId", .assignedID,
                        "A stored postback. Instead of it, the fields of createPostback, for one that is not stored."))
                : .new(NewPostback(&fields))
            let conversionID = fields.optional(
                "conversionId", .assignedID, "The conversion whose last event is used; without it, sample values.")
            let sample = fields.optional(
                "sample", .sampleConversion,
                "Values that replace those of a conversion; a value that is left out is a realistic sample.")
            let present: JSON = ["not": ["type": "null"]]
            fields.exclude(["conversionId": present, "sample": present])
            if conversionID != nil, sample != nil {
                fields.refuse("sample", "is given together with conversionId; give only one of them")
            }
            source = conversionID.map(Source.conversion) ?? .sample(sample ?? .standard)
        }

        static var schema: JSON {
            let alternatives = [true, false].map { isStored in
                var fields = Fields.describing()
                _ = Input(&fields, isStored: isStored)
                return fields.schema
            }
            return ["anyOf": .array(alternatives)]
        }
    }
}
