package import Input
package import JSON

/// Values that replace a conversion in a preview, read as recordConversion reads them. A field that is left out gets a
/// value that looks like a real one. A field that is null, empty or unusable has no value.
package struct SampleConversion: Sendable {
    /// Nil means the status on which the postback fires.
    package let status: ConversionStatus?
    private let given: [JSON.Member]

    package static let standard: SampleConversion = {
        var fields = Fields([])
        return SampleConversion(&fields)
    }()

    package init(_ fields: inout Fields) {
        status = fields.optional(
            "status", .conversionStatus, "The status of the event; without it, the one on which the postback fires.")
        var values: [(name: String, value: JSON?)] = []
        let same = "As in recordConversion."
        for name in ["offerId", "affiliateId", "goalId"] {
            values.append((name, fields.optional(name, .identifier, same).map(JSON.string)))
        }
        for name in ["transactionId", "clickId"] {
            values.append((name, fields.optional(name, .trackingID, same).map(JSON.string)))
        }
        for name in ["payout", "revenue", "saleAmount"] {
            values.append((name, fields.optional(name, .money, same).map { .string($0.text) }))
        }
        values.append(("currency", fields.optional("currency", .currency, same).map(JSON.string)))
        values.append(("statusReason", fields.optional("statusReason", Ornament.statusReason, same).map(JSON.string)))
        values.append(("ip", fields.optional("ip", Ornament.ip, same).map(JSON.string)))
        values.append(("country", fields.optional("country", Ornament.country, same).map(JSON.string)))
        values.append(("userAgent", fields.optional("userAgent", Ornament.userAgent, same).map(JSON.string)))
        for name in ["clickedAt", "occurredAt"] {
            values.append((name, fields.optional(name, Ornament.time, same).map { .string($0.description) }))
        }
        let params = fields.optional("params", Ornament.conversionParams, same)
        values.append(("params", params.map { .object($0.map { JSON.Member($0.name, .string($0.value)) }) }))
        given = values.compactMap { name, value in
            value != nil || fields.isGiven(name) ? JSON.Member(name, value ?? .null) : nil
        }
    }

    /// Returns the event and the conversion as deliverPostback takes them.
    package func event(status: ConversionStatus, now: Timestamp) -> (event: JSON, conversion: JSON) {
        let time = JSON.string(now.description)
        let base: JSON = [
            "id": 1, "offer": ["id": "sample-offer", "name": "Sample offer"],
            "goal": ["id": "sample-goal", "name": "Sample goal"],
            "affiliate": ["id": "sample-affiliate", "name": "Sample affiliate"],
            "transactionId": "sample-transaction", "clickId": "sample-click", "payout": "12.30", "revenue": "20.00",
            "saleAmount": "100.00", "currency": "USD", "ip": "192.0.2.1", "country": "US", "userAgent": "Sample/1.0",
            "clickedAt": time, "occurredAt": time, "params": ["sub1": "sample-sub1"],
        ]
        var conversion = base
        for member in given {
            switch (member.name, member.value) {
            case ("offerId", .null), ("affiliateId", .null): break
            case ("goalId", .null): conversion = conversion.merging(["goal": nil])
            case ("offerId", let id), ("affiliateId", let id), ("goalId", let id):
                conversion = conversion.merging(
                    .object([JSON.Member(String(member.name.dropLast(2)), ["id": id, "name": id])]))
            default: conversion = conversion.merging(.object([member]))
            }
        }
        let event: JSON = ["id": 1, "sequence": 1, "status": .string(status.rawValue), "at": time]
        return (event, conversion)
    }
}

extension Rule<SampleConversion> {
    package static var sampleConversion: Rule { object { fields in SampleConversion(&fields) } }
}
