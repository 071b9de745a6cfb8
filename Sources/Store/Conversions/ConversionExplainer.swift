package import FunctionRuntime
package import JSON
package import Postbacks
import Postgres

/// A conversion, and for each of its events what each postback of its offer did.
package struct ExplainedConversion {
    package let conversion: JSON
    package let events: JSON
    /// How many postbacks of other affiliates were left out.
    package let otherAffiliatesPostbacks: Int
}

/// Tells why postbacks fired on a conversion or not, and what became of those that did.
package struct ConversionExplainer {
    private let database: Database
    private let orderHold: Double

    /// - Parameter orderHold: seconds that a later event waits for an earlier one.
    package init(_ database: Database, orderHold: Double) {
        self.database = database
        self.orderHold = orderHold
    }

    /// - Parameter all: tells of other affiliates' postbacks, too.
    /// - Throws: `not_found`; `conflict` for a key that several conversions have.
    package func explain(_ key: ConversionKey, all: Bool) throws(FunctionError) -> ExplainedConversion {
        let id = try find(key)
        let explain = Call(.explainConversion, [.int(id), .bool(all), .text(String(orderHold))])
        let row = try database.run([[.plan(.automatic), explain]])[0][1].first
        guard let row, row.text("conversion") != nil else { throw key.isUnknown }
        let conversion = row.json("conversion")
        guard case .array(let events) = row.json("events") else { throw .internal }
        return ExplainedConversion(
            conversion: conversion, events: .array(events.map { ConversionExplainer.withReasons($0, of: conversion) }),
            otherAffiliatesPostbacks: row.integer("others") ?? 0)
    }

    private func find(_ key: ConversionKey) throws(FunctionError) -> Int {
        if case .conversion(let id) = key { return id }
        let columns = key.columns
        let row = try database.run(
            .findConversion,
            [
                .optional(columns.conversion), .optional(columns.offer), .optional(columns.goal),
                .optional(columns.transaction), .optional(columns.click),
            ]
        ).first
        guard let id = row?.integer("id") else { throw key.isUnknown }
        if row?.integer("matches") != 1 { throw key.isAmbiguous }
        return id
    }

    private static func withReasons(_ event: JSON, of conversion: JSON) -> JSON {
        let happened = Explanation.Event(
            affiliateID: conversion["affiliate"]?["id"]?.text ?? "", goalID: conversion["goal"]?["id"]?.text,
            status: event["status"]?.text ?? "")
        guard case .array(let postbacks)? = event["postbacks"] else { return event }
        let explained = postbacks.map { postback in
            let facts = postback["facts"] ?? [:]
            let reason =
                Explanation(rawValue: postback["result"]?.text ?? "")?.reason(happened, Explanation.Postback(facts))
                ?? DeliveryStanding(postback, facts)?.reason
            return JSON.object(postback.members.filter { $0.name != "facts" }).merging(["reason": .optional(reason)])
        }
        return event.merging(["postbacks": .array(explained)])
    }
}

extension Explanation.Postback {
    fileprivate init(_ facts: JSON) {
        self.init()
        affiliateID = facts["affiliateId"]?.text
        conversionStatus = facts["conversionStatus"]?.text
        goalID = facts["goalId"]?.text
        createdAt = facts["createdAt"]?.text
        deletedAt = facts["deletedAt"]?.text
    }
}

extension DeliveryStanding {
    /// Nil where nothing fired.
    fileprivate init?(_ postback: JSON, _ facts: JSON) {
        guard let state = postback["state"]?.text.flatMap(DeliveryState.init) else { return nil }
        self.init(state)
        attempts = facts["attempts"]?.wholeNumber ?? 0
        dueAt = facts["dueAt"]?.text
        finishedAt = facts["finishedAt"]?.text
        pausedReason = facts["pausedReason"]?.text
        responseStatus = facts["responseStatus"]?.wholeNumber
        errorCode = postback["error"]?.text
        errorMessage = facts["errorMessage"]?.text
        if let delivery = postback["waitsFor"]?["deliveryId"]?.wholeNumber,
            let sequence = postback["waitsFor"]?["eventSequence"]?.wholeNumber
        {
            waitsFor = (delivery, sequence)
        }
    }
}

extension JSON {
    fileprivate var wholeNumber: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }
}
