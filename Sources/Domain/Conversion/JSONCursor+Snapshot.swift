package import JSON
import Text

/// Readers of an event and of its conversion in the form in which `event_json` and `conversion_json` write them. They
/// accept less than `Rule.event` and `Rule.conversion`; what they accept, they read in the same way.
extension JSONCursor {
    package mutating func event() -> EventSnapshot? {
        var event = EventSnapshot(status: .pending)
        var status: ConversionStatus?
        let isRead = object(eventMembers) { cursor, member in
            switch member {
            case .id: cursor.count(into: &event.id)
            case .sequence: cursor.count(into: &event.sequence)
            case .status: cursor.status(into: &status)
            case .previousStatus: cursor.status(into: &event.previousStatus)
            case .at: cursor.time(into: &event.at)
            }
        }
        guard isRead, let status else { return nil }
        event.status = status
        return event
    }

    package mutating func conversion() -> Conversion? {
        var offer: Conversion.Named?
        var affiliate: Conversion.Named?
        var conversion = Conversion.empty
        var ignored: ConversionStatus?
        let isRead = object(conversionMembers) { cursor, member in
            switch member {
            case .id: cursor.count(into: &conversion.id)
            case .sequence: cursor.skipCount()
            case .status: cursor.status(into: &ignored)
            case .statusReason: cursor.text(into: &conversion.statusReason)
            case .offer: cursor.named(into: &offer)
            case .goal: cursor.named(into: &conversion.goal)
            case .affiliate: cursor.named(into: &affiliate)
            case .transactionId: cursor.text(into: &conversion.transactionID)
            case .clickId: cursor.text(into: &conversion.clickID)
            case .payout: cursor.money(into: &conversion.payout)
            case .revenue: cursor.money(into: &conversion.revenue)
            case .saleAmount: cursor.money(into: &conversion.saleAmount)
            case .currency: cursor.currency(into: &conversion.currency)
            case .ip: cursor.text(into: &conversion.ip)
            case .country: cursor.text(into: &conversion.country)
            case .userAgent: cursor.text(into: &conversion.userAgent)
            case .clickedAt: cursor.time(into: &conversion.clickedAt)
            case .occurredAt: cursor.time(into: &conversion.occurredAt)
            case .params: cursor.params(into: &conversion.params)
            case .createdAt, .updatedAt: cursor.skipText()
            }
        }
        guard isRead, let offer, let affiliate else { return nil }
        conversion.offer = offer
        conversion.affiliate = affiliate
        return conversion
    }

    private mutating func named(into value: inout Conversion.Named?) -> Bool {
        if null() { return true }
        var id: String?
        var name: String?
        let isRead = object(namedMembers) { cursor, member in
            switch member {
            case .id:
                id = cursor.text()
                return id != nil
            case .name:
                if cursor.null() { return true }
                name = cursor.text()
                return name != nil
            }
        }
        guard isRead, let id else { return false }
        value = Conversion.Named(id: id, name: name)
        return true
    }

    private mutating func count(into value: inout Int?) -> Bool {
        if null() { return true }
        value = count()
        return value != nil
    }

    private mutating func skipCount() -> Bool {
        var ignored: Int?
        return count(into: &ignored)
    }

    /// An empty text counts as absent.
    private mutating func text(into value: inout String?) -> Bool {
        if null() { return true }
        guard let text = text() else { return false }
        if !text.isEmpty { value = text }
        return true
    }

    private mutating func skipText() -> Bool { null() || plainBytes() != nil }

    private mutating func status(into value: inout ConversionStatus?) -> Bool {
        if null() { return true }
        guard let bytes = plainBytes() else { return false }
        value = ConversionStatus.allCases.first { $0.rawValue.utf8.elementsEqual(bytes) }
        return value != nil
    }

    private mutating func money(into value: inout ExactDecimal?) -> Bool {
        if null() { return true }
        guard let bytes = plainBytes() else { return false }
        value = ExactDecimal(plain: bytes)
        return value != nil
    }

    private mutating func currency(into value: inout String?) -> Bool {
        if null() { return true }
        guard let bytes = plainBytes(), (3...10).contains(bytes.count),
            bytes.allSatisfy({ $0.isLetter || $0.isDigit })
        else { return false }
        value = String(decoding: bytes, as: UTF8.self)
        return true
    }

    private mutating func time(into value: inout Timestamp?) -> Bool {
        if null() { return true }
        guard let bytes = plainBytes() else { return false }
        value = Timestamp(inUTC: bytes)
        return value != nil
    }

    private mutating func params(into value: inout [(name: String, value: String)]) -> Bool {
        if null() { return true }
        guard let members = texts(limit: 64), members.allSatisfy({ Macro.isParamName($0.name) }) else { return false }
        value = members
        return true
    }
}

extension Conversion {
    /// A conversion without values, which the reader fills in.
    fileprivate static let empty = Conversion(offer: Named(id: ""), affiliate: Named(id: ""), params: [])
}

private enum EventMember: String, CaseIterable { case id, sequence, status, previousStatus, at }

/// The members in the order in which `conversion_json` writes them.
private enum ConversionMember: String, CaseIterable {
    case id, sequence, status, statusReason, offer, goal, affiliate, transactionId, clickId, payout, revenue, saleAmount
    case currency, ip, country, userAgent, clickedAt, occurredAt, params, createdAt, updatedAt
}

private enum NamedMember: String, CaseIterable { case id, name }

private let eventMembers = MemberTable<EventMember>()
private let conversionMembers = MemberTable<ConversionMember>()
private let namedMembers = MemberTable<NamedMember>()
