package import JSON

/// Values that stand in for a conversion in a preview. What is left out has a value that looks like a real one.
package struct SampleConversion: Sendable {
    /// Nil: the status on which the postback fires.
    package let status: ConversionStatus?
    private let given: [JSON.Member]

    package static let standard: SampleConversion = {
        var fields = Fields([])
        return SampleConversion(&fields)
    }()

    package init(_ fields: inout Fields) {
        status = fields.optional("status", .conversionStatus)
        let id: Rule<String> = .identifier
        for name in ["offerId", "affiliateId", "goalId"] { _ = fields.optional(name, id) }
        for name in ["transactionId", "clickId"] { _ = fields.optional(name, .trackingID) }
        for name in ["payout", "revenue", "saleAmount"] { _ = fields.optional(name, .money) }
        _ = fields.optional("statusReason", .statusReason)
        _ = fields.optional("currency", .currency)
        _ = fields.optional("ip", .ip)
        _ = fields.optional("country", .country)
        _ = fields.optional("userAgent", .userAgent)
        for name in ["clickedAt", "occurredAt"] { _ = fields.optional(name, .timestamp) }
        _ = fields.optional("params", .conversionParams)
        given = fields.given(except: "status").members
    }

    /// The event and conversion as deliverPostback takes them.
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
            switch member.name {
            case "offerId", "affiliateId", "goalId":
                let name = String(member.name.dropLast(2))
                conversion = conversion.merging(
                    .object([JSON.Member(name, ["id": member.value, "name": member.value])]))
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
