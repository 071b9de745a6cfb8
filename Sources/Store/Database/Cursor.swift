import Domain
package import Input
import JSON
import Postgres
import Text

/// The place at which a list continues. Its text is opaque to callers, so that its contents may change.
enum Cursor {
    static func json(behind id: String) -> JSON { .string(Base64.encode(Array(id.utf8))) }

    fileprivate static func id(_ text: String) -> String? {
        // PostgreSQL's text type cannot hold NUL.
        Base64.decode(text).flatMap { $0.contains(0) ? nil : String(validating: $0, as: UTF8.self) }
    }
}

/// A place in a list that is ordered by time, and by id where the times are equal.
struct TimedPlace: Equatable {
    /// RFC 3339 in UTC with microseconds, or `-infinity` or `infinity`.
    let time: String
    let id: String

    /// The place before all rows of a list in this order.
    static func end(_ order: ListOrder, id: String) -> TimedPlace {
        TimedPlace(time: order == .oldest ? "-infinity" : "infinity", id: id)
    }

    /// The place directly before the rows of a time (oldest first), or before the rows of earlier times (newest first).
    /// Every id is at least 1.
    static func before(_ time: Timestamp) -> TimedPlace {
        TimedPlace(time: "\(time.description.dropLast())000Z", id: "0")
    }

    private init(time: String, id: String) {
        self.time = time
        self.id = id
    }

    /// The text of a cursor: the time, a slash and the id.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 27, parts[0].utf8.last == UInt8(ascii: "Z"),
            Timestamp(parsing: String(parts[0])) != nil
        else { return nil }
        self.init(time: String(parts[0]), id: String(parts[1]))
    }

    /// The one of two places that a list in this order reaches later.
    func later(_ other: TimedPlace?, in order: ListOrder) -> TimedPlace {
        guard let other else { return self }
        // Times of the same format can be compared as texts.
        return (other.time > time) == (order == .oldest) ? other : self
    }
}

/// The part of a list in the order of times to which a page belongs.
struct TimedRange {
    /// The range begins behind this place.
    let start: TimedPlace
    /// The range ends before this time (oldest first), or includes it as the last one (newest first); `infinity` or
    /// `-infinity` for no end.
    let end: String

    /// Oldest first, `since` is where the list begins and `until` where it ends; newest first, it is the other way
    /// round. `after` is the cursor with which the previous page ended.
    init(since: Timestamp?, until: Timestamp?, _ order: ListOrder, after: String?) {
        let (first, last) = order == .oldest ? (since, until) : (until, since)
        let beginning = after.flatMap(TimedPlace.init) ?? .end(order, id: "0")
        start = beginning.later(first.map(TimedPlace.before), in: order)
        end = last?.description ?? (order == .oldest ? "infinity" : "-infinity")
    }

    /// The arguments as the statements take them.
    var arguments: Arguments {
        ["after_time": .text(start.time), "after_id": .text(start.id), "end_time": .text(end)]
    }
}

extension Rule<String> {
    /// A cursor that a list returned in `next`.
    static var cursor: Rule {
        let base64 =
            "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$"
        let schema: JSON = ["pattern": .string(base64), "description": "The value of \"next\" of the previous page."]
        return text(1...1024).parsed(placeholder: "", schema: schema) { text throws(Invalid) in
            guard let id = Cursor.id(text) else { throw .noCursor }
            return id
        }
    }

    /// A cursor of a list whose ids are integers from a sequence.
    package static var numberCursor: Rule {
        cursor.parsed(placeholder: "0") { id throws(Invalid) in
            guard Int(id) != nil else { throw .noCursor }
            return id
        }
    }

    /// A cursor of a list in the order of times. `isNumbered` says whether the ids are integers from a sequence.
    static func timedCursor(isNumbered: Bool) -> Rule {
        cursor.parsed(placeholder: "") { text throws(Invalid) in
            guard let place = TimedPlace(text), !isNumbered || Int(place.id) != nil else { throw .noCursor }
            return text
        }
    }
}

extension Invalid {
    fileprivate static let noCursor = Invalid("must be the value of \"next\" of the previous page")
}
