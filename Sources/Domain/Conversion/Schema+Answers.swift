package import Input
package import JSON

extension Schema {
    package static let named = object(["id": text, "name": text])

    package static let conversionStatus = oneOf(ConversionStatus.allCases.map(\.rawValue))

    /// A conversion as it is answered, and as an event keeps it.
    package static let conversion = object(
        [
            "id": integer, "sequence": integer, "status": conversionStatus, "offer": named, "affiliate": named,
            "occurredAt": time,
            "createdAt": time, "updatedAt": time,
        ],
        optional: [
            "statusReason": text, "goal": named, "transactionId": text, "clickId": text, "payout": text,
            "revenue": text,
            "saleAmount": text, "currency": text, "ip": text, "country": text, "userAgent": text, "clickedAt": time,
            "params": anyObject,
        ])

    package static let offer = object([
        "id": text, "name": text, "goalsEnabled": boolean, "goals": list(named), "createdAt": time, "updatedAt": time,
    ])

    package static let affiliate = object(["id": text, "name": text, "createdAt": time, "updatedAt": time])

    /// The delivery that another one waits for. The wait ends at `until` at the latest; it is null while that delivery
    /// is in flight.
    package static let waitsFor: JSON = [
        "anyOf": [
            object(["deliveryId": integer, "eventSequence": integer, "until": timeOrNull]), ["type": "null"],
        ],
        "description": "The delivery of an earlier event of the conversion, which is sent first.",
    ]

    /// The deliveries that an event owes.
    package static let owedDeliveries = list(object(["id": integer, "postbackId": integer]))
}
