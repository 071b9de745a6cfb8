import JSON
import Secrets
import Synchronization
import Text

/// The values of the macros in one attempt.
package struct MacroValues: Sendable {
    let deliveryID: Int
    let attempt: Int
    let isTest: Bool
    let now: Timestamp
    private let event: EventSnapshot
    private let conversion: Conversion
    private let random = Computed<String>()

    /// `now` is the time of the attempt.
    package init(
        deliveryID: Int, attempt: Int, isTest: Bool, now: Timestamp, event: EventSnapshot, conversion: Conversion
    ) {
        self.deliveryID = deliveryID
        self.attempt = attempt
        self.isTest = isTest
        self.now = now
        self.event = event
        self.conversion = conversion
    }

    /// Returns the value as it is sent; nil if there is none. An empty string counts as none.
    package func value(of macro: Macro) -> String? {
        let value =
            switch macro {
            case .named(let name): time(of: name)?.description ?? text(of: name)
            case .param(let name): conversion.params.first { $0.name == name }?.value
            }
        return value?.isEmpty == false ? value : nil
    }

    /// Returns the value as a template asks for it; an empty string if there is neither a value nor a default.
    func text(of use: MacroUse) -> String { formatted(use) ?? use.fallback ?? "" }

    /// Returns the value as JSON of a type. If there is no value of that type, it returns the default, or null if there
    /// is no default.
    func json(of use: MacroUse, as type: JSONType) -> JSON {
        formatted(use).flatMap(type.value) ?? use.fallback.flatMap(type.value) ?? .null
    }

    private func formatted(_ use: MacroUse) -> String? {
        switch (use.format, use.macro) {
        case (.unix, .named(let name)): time(of: name).map { String($0.unixSeconds) }
        case (.unixms, .named(let name)): time(of: name).map { String($0.milliseconds) }
        case (.date, .named(let name)): time(of: name)?.day.description
        case (.pattern(let pattern), .named(let name)): time(of: name).map(pattern.text)
        case (.minor, .named(let name)):
            money(of: name)?.minorUnits(exponent: CurrencyExponent.of(conversion.currency))
        case (.fixed(let decimals), .named(let name)): money(of: name)?.fixed(decimals: decimals)
        case (.map(let entries), let macro):
            value(of: macro).flatMap { value in entries.first { $0.stands(for: value) }?.value }
        case (_, let macro): value(of: macro)
        }
    }

    private func time(of name: MacroName) -> Timestamp? {
        switch name {
        case .clickedAt: conversion.clickedAt
        case .occurredAt: conversion.occurredAt
        case .statusAt: event.at
        case .timestamp: now
        default: nil
        }
    }

    private func money(of name: MacroName) -> ExactDecimal? {
        switch name {
        case .payout: conversion.payout
        case .revenue: conversion.revenue
        case .saleAmount: conversion.saleAmount
        default: nil
        }
    }

    private func text(of name: MacroName) -> String? {
        switch name {
        case .conversionID: conversion.id.map(String.init)
        case .eventID: event.id.map(String.init)
        case .eventSequence: event.sequence.map(String.init)
        case .deliveryID: String(deliveryID)
        case .attempt: String(attempt)
        case .clickID: conversion.clickID
        case .transactionID: conversion.transactionID
        case .affiliateID: conversion.affiliate.id
        case .affiliateName: conversion.affiliate.name
        case .offerID: conversion.offer.id
        case .offerName: conversion.offer.name
        case .goalID: conversion.goal?.id
        case .goalName: conversion.goal?.name
        case .status: event.status.rawValue
        case .previousStatus: event.previousStatus?.rawValue
        case .statusReason: conversion.statusReason
        case .payout, .revenue, .saleAmount: money(of: name)?.text
        case .currency: conversion.currency
        case .ip: conversion.ip
        case .country: conversion.country
        case .userAgent: conversion.userAgent
        case .random: random { MacroValues.random(deliveryID, event, conversion) }
        case .isTest: isTest ? "1" : "0"
        case .clickedAt, .occurredAt, .statusAt, .timestamp: nil
        }
    }

    /// Makes a UUID (RFC 9562 version 8) from values that identify the delivery and are the same in all its attempts.
    private static func random(_ deliveryID: Int, _ event: EventSnapshot, _ conversion: Conversion) -> String {
        let parts: [String] = [
            "delivery \(deliveryID)", "event \(event.id ?? 0)", "at \(event.at?.description ?? "")",
            "conversion \(conversion.id ?? 0)", "transaction \(conversion.transactionID ?? "")",
            "click \(conversion.clickID ?? "")",
        ]
        var bytes = Array(sha256(Array(parts.joined(separator: "\n").utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { bytes[$0].hexadecimal }.joined(separator: "-")
    }
}

/// A value that is computed when it is first asked for, and only once: few templates use it, but one may use it a
/// thousand times.
private final class Computed<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func callAsFunction(_ compute: () -> Value) -> Value {
        value.withLock { value in
            if let value { return value }
            let computed = compute()
            value = computed
            return computed
        }
    }
}
