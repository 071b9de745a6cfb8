package import Domain
package import FunctionRuntime
package import JSON
import Postgres

/// A conversion, and for each of its events the result of each postback of its offer.
package struct ExplainedConversion {
    package let conversion: JSON
    package let events: JSON
    /// The number of postbacks of other affiliates that were left out.
    package let otherAffiliatesPostbacks: Int
}

/// Explains which postbacks fired on a conversion, why others did not, and the state of the deliveries.
package struct ConversionExplainer {
    private let database: Database
    private let orderHold: Duration

    /// A later event waits at most `orderHold` for an earlier one.
    package init(_ database: Database, orderHold: Duration) {
        self.database = database
        self.orderHold = orderHold
    }

    /// With `all`, the answer includes the postbacks of other affiliates. Throws `not_found`; `conflict` for a key that
    /// several conversions have.
    package func explain(
        _ key: ConversionKey, all: Bool, _ kinds: PostbackKinds
    ) throws(FunctionError) -> ExplainedConversion {
        let explain = ExplainConversion(conversionID: try find(key), all: all, kinds: kinds, orderHold: orderHold)
        guard let explained = try database.run(explain, planned: .automatic) else { throw key.isUnknown }
        var events: [JSON] = []
        for event in explained.events {
            guard let explainedEvent = ConversionExplainer.withReasons(event, of: explained.conversion) else {
                throw .internal
            }
            events.append(explainedEvent)
        }
        return ExplainedConversion(
            conversion: explained.conversion, events: .array(events), otherAffiliatesPostbacks: explained.others)
    }

    private func find(_ key: ConversionKey) throws(FunctionError) -> Int {
        if case .conversion(let id) = key { return id }
        switch try database.run(FindConversion(key: key)) {
        case .none: throw key.isUnknown
        case .one(let id): return id
        case .several: throw key.isAmbiguous
        }
    }

    /// The event with the reason for each postback; nil if the statement's JSON lacks a member.
    private static func withReasons(_ explained: JSON, of conversion: JSON) -> JSON? {
        guard let affiliate = conversion["affiliate"]?["id"]?.text, let event = explained["event"],
            let status = event["status"]?.text, case .array(let postbacks)? = explained["postbacks"]
        else { return nil }
        let happened = Explanation.Event(
            affiliateID: affiliate, goalID: conversion["goal"]?["id"]?.text, status: status)
        var judged: [JSON] = []
        for postback in postbacks {
            guard let result = postback["result"]?.text.flatMap(Explanation.init), let facts = postback["facts"] else {
                return nil
            }
            let reason =
                result.reason(happened, Explanation.Postback(facts)) ?? DeliveryStanding(postback, facts)?.reason
            judged.append(
                JSON.object(postback.members.filter { $0.name != "facts" }).merging(["reason": .optional(reason)]))
        }
        let others = JSON.object(explained.members.filter { $0.name != "event" })
        return event.merging(others).merging(["postbacks": .array(judged)])
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
    /// Returns nil if nothing fired.
    fileprivate init?(_ postback: JSON, _ facts: JSON) {
        guard let state = postback["state"]?.text.flatMap(DeliveryState.init),
            let attempts = facts["attempts"]?.wholeNumber
        else { return nil }
        self.init(state)
        self.attempts = attempts
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
