import Domain
import Input
import JSON
import Synchronization

extension DeliverPostback.Input {
    /// Reads a line as `claim_deliveries` writes it, without a tree and with the postbacks that are known.
    static func reading(line: [UInt8]) -> (id: JSON, input: DeliverPostback.Input)? {
        guard var cursor = JSONCursor(line) else { return nil }
        var id: String?
        var input: DeliverPostback.Input?
        let isRead = cursor.object(lineMembers) { cursor, member in
            switch member {
            case .id:
                id = cursor.text()
                return id != nil
            case .input:
                input = DeliverPostback.Input(&cursor)
                return input != nil
            }
        }
        guard isRead, cursor.isAtEnd, let id, let input else { return nil }
        return (.string(id), input)
    }

    private init?(_ cursor: inout JSONCursor) {
        var deliveryID: Int?
        var attempt: Int?
        var postback: KnownPostbacks.Postback?
        var event: EventSnapshot?
        var conversion: Conversion?
        let isRead = cursor.object(inputMembers) { cursor, member in
            switch member {
            case .deliveryId:
                deliveryID = cursor.count()
                return deliveryID != nil
            case .attempt:
                attempt = cursor.count()
                return attempt != nil
            case .postback:
                postback = cursor.postback()
                return postback != nil
            case .event:
                event = cursor.event()
                return event != nil
            case .conversion:
                conversion = cursor.conversion()
                return conversion != nil
            }
        }
        guard isRead, let deliveryID, let attempt, attempt <= DeliverPostback.Input.attempts.upperBound, let postback,
            let event, let conversion
        else { return nil }
        self.init(
            deliveryID: deliveryID, attempt: attempt, postbackID: postback.id, template: postback.template,
            event: event, conversion: conversion, isTest: false)
    }
}

extension JSONCursor {
    /// Reads a postback. If the same bytes were read before, their members are not parsed again.
    fileprivate mutating func postback() -> KnownPostbacks.Postback? {
        if let id = leadingID(), let last = known.withLock({ $0.postback(id: id) }), consume(last.json) {
            return last.postback
        }
        // The line and its input add two levels of nesting.
        let depth = JSON.depthLimit - 1
        guard let json = value(depth: depth), let value = try? JSON(parsing: json, depth: depth) else { return nil }
        var faults: [Fault] = []
        guard let postback = Rule.postback.read(value, .root, &faults) else { return nil }
        known.withLock { $0.remember(json, postback) }
        return postback
    }
}

private let known = Mutex(KnownPostbacks())

private enum LineMember: String, CaseIterable { case id, input }

/// The members in the order in which `claim_deliveries` writes them.
private enum InputMember: String, CaseIterable { case deliveryId, attempt, postback, event, conversion }

private let lineMembers = MemberTable<LineMember>()
private let inputMembers = MemberTable<InputMember>()
