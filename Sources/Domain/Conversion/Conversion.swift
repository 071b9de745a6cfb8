package import Input
import JSON

/// A conversion as it was when its event happened. A fixture may leave out everything but the offer and the affiliate.
package struct Conversion: Sendable {
    package var id: Int?
    package var offer: Named
    package var goal: Named?
    package var affiliate: Named
    package var transactionID: String?
    package var clickID: String?
    package var statusReason: String?
    package var payout: ExactDecimal?
    package var revenue: ExactDecimal?
    package var saleAmount: ExactDecimal?
    package var currency: String?
    package var ip: String?
    package var country: String?
    package var userAgent: String?
    package var clickedAt: Timestamp?
    package var occurredAt: Timestamp?
    package var params: [(name: String, value: String)]

    /// Something that has an id of the caller's and a name for people.
    package struct Named: Sendable, Hashable {
        package let id: String
        package let name: String

        package init(id: String, name: String? = nil) {
            self.id = id
            self.name = name ?? id
        }
    }
}

extension Conversion {
    /// Reads the snapshot. Its status is accepted and ignored, since the event's status counts. It accepts all values
    /// that any version has stored, because an event that cannot be read cannot be delivered.
    package init(_ fields: inout Fields) {
        let same = "As in recordConversion."
        id = fields.optional("id", .assignedID, "The conversion's id.")
        offer = fields.required("offer", .named, "The offer.")
        goal = fields.optional("goal", .named, "The goal.")
        affiliate = fields.required("affiliate", .named, "The affiliate.")
        transactionID = fields.optional("transactionId", Ornament.stored, same)
        clickID = fields.optional("clickId", Ornament.stored, same)
        _ = fields.optional("status", .conversionStatus, "Ignored: the status of the event is used.")
        statusReason = fields.optional("statusReason", Ornament.stored, same)
        payout = fields.optional("payout", .money, same)
        revenue = fields.optional("revenue", .money, same)
        saleAmount = fields.optional("saleAmount", .money, same)
        currency = fields.optional("currency", .currency, same)
        ip = fields.optional("ip", Ornament.stored, same)
        country = fields.optional("country", Ornament.stored, same)
        userAgent = fields.optional("userAgent", Ornament.stored, same)
        clickedAt = fields.optional("clickedAt", Ornament.time, same)
        occurredAt = fields.optional("occurredAt", Ornament.time, same)
        params = fields.optional("params", Ornament.conversionParams, same) ?? []
        fields.ignored("sequence", "createdAt", "updatedAt")
    }
}

extension Rule<Conversion> {
    package static var conversion: Rule { object { fields in Conversion(&fields) } }
}

extension Rule<Conversion.Named> {
    /// Reads `{id, name?}`. Without a name, the id is the name.
    package static var named: Rule {
        object { fields in
            let id = fields.required("id", .storedID, "Its id.")
            return Conversion.Named(
                id: id,
                name: fields.optional(
                    "name", .text(0...Int.max, controlCharacters: true), "Its name; without it, the id."))
        }
    }
}

extension Rule<String> {
    /// A stored id: any text, or an integer.
    fileprivate static var storedID: Rule {
        let text = text(0...Int.max, controlCharacters: true)
        return Rule(schema: ["anyOf": [text.schema, identifier.schema]], placeholder: "") { json, path, faults in
            json.text ?? identifier.read(json, path, &faults)
        }
    }
}
