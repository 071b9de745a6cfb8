import Input
import JSON

@testable import Domain

extension Conversion {
    /// A conversion with a value for everything.
    static func make() -> Conversion {
        Conversion(
            id: 11, offer: Named(id: "o1", name: "Offer One"), goal: Named(id: "g1", name: "Sale"),
            affiliate: Named(id: "a1", name: "Ann & Söhne"), transactionID: "tx-1", clickID: "ck 1&2",
            statusReason: "ok",
            payout: try? ExactDecimal(parsing: "12.30"), revenue: try? ExactDecimal(parsing: "20.00"),
            saleAmount: try? ExactDecimal(parsing: "100"), currency: "EUR", ip: "192.0.2.9", country: "DE",
            userAgent: "UA/1.0 (x)",
            clickedAt: Timestamp(milliseconds: 1_700_000_000_123),
            occurredAt: Timestamp(milliseconds: 1_700_000_060_000),
            params: [
                ("sub1", "s1"), ("name", "Grüße/ü?#+%20"), ("evil", "{payout}}{"), ("crlf", "a\r\nX-Evil: 1"),
                ("empty", ""),
            ])
    }
}

extension MacroValues {
    static func make(
        attempt: Int = 1, isTest: Bool = false, event: EventSnapshot? = nil,
        _ change: (inout Conversion) -> Void = { _ in }
    ) -> MacroValues {
        var conversion = Conversion.make()
        change(&conversion)
        return MacroValues(
            deliveryID: 42, attempt: attempt, isTest: isTest, now: Timestamp(milliseconds: 1_700_000_200_500),
            event: event
                ?? EventSnapshot(
                    id: 21, sequence: 2, status: .done, previousStatus: .pending,
                    at: Timestamp(milliseconds: 1_700_000_100_000)),
            conversion: conversion)
    }
}

/// Reads a postback's settings as deliverPostback's input has them.
func template(_ text: String, from source: StoredSecret.Source = .store) throws -> RequestTemplate {
    try read(.object { fields in RequestTemplate(&fields, from: source) }, text).get()
}

/// The request that is sent for these settings.
func request(_ text: String, _ values: MacroValues = .make()) throws -> OutgoingRequest {
    try RequestRendering(template(text)).request(for: values)
}
