@testable import Domain

extension MacroValues {
    /// Every value tries to be something else: a macro, a delimiter, a second header, a new host.
    static var hostile: MacroValues {
        var conversion = Conversion(
            id: 11, offer: Conversion.Named(id: "{payout}", name: "@evil.example/"),
            goal: Conversion.Named(id: "}}{{", name: "#?&=;\\"),
            affiliate: Conversion.Named(id: "a\u{0301}b", name: "\u{ff0e}\u{2024}"),
            params: [("sub1", "%0d%0a%20%"), ("sub2", "http://evil.example@"), ("x", "\u{1F1E9}\u{1F1EA}")])
        conversion.transactionID = "//evil.example:80/"
        conversion.clickID = "{click_id}"
        conversion.statusReason = "\u{0301}quoted \"\\ \u{7f}\u{85}\t"
        conversion.payout = try? ExactDecimal(parsing: "-0012.3400")
        conversion.currency = "EUR"
        conversion.ip = "2001:db8::1"
        conversion.userAgent = "a\r\nX-Evil: 1"
        return MacroValues(
            deliveryID: 42, attempt: 2, isTest: true, now: Timestamp(milliseconds: 1_700_000_200_500),
            event: EventSnapshot(
                id: 21, sequence: 2, status: .done, previousStatus: .pending,
                at: Timestamp(milliseconds: 1_700_000_100_000)),
            conversion: conversion)
    }

    /// As little as there can be.
    static var empty: MacroValues {
        MacroValues(
            deliveryID: 1, attempt: 1, isTest: false, now: Timestamp(milliseconds: 0),
            event: EventSnapshot(status: .pending),
            conversion: Conversion(offer: Conversion.Named(id: "o"), affiliate: Conversion.Named(id: "a"), params: []))
    }
}
