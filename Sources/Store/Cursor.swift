package import JSON
import Postbacks
import Postgres
import Secrets

/// Where a list goes on, opaque to callers so that what it holds may change.
enum Cursor {
    static func json(behind id: String) -> JSON { .string(Base64.encode(Array(id.utf8))) }

    fileprivate static func id(_ text: String) -> String? {
        // PostgreSQL's texts hold no NUL.
        Base64.decode(text).flatMap { $0.contains(0) ? nil : String(validating: $0, as: UTF8.self) }
    }
}

/// A place in a list that is in the order of times, and of ids where these are the same.
struct TimedPlace: Equatable {
    /// RFC 3339 in UTC with microseconds, or `-infinity` or `infinity`.
    let time: String
    let id: String

    /// Before or behind all rows.
    static func end(_ order: ListOrder, id: String) -> TimedPlace {
        TimedPlace(time: order == .oldest ? "-infinity" : "infinity", id: id)
    }

    /// Directly before the rows of a time (oldest first), or of the times before it (newest first). No number is an id's below 1.
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

    /// Of two places the one that a list in this order comes to later.
    func later(_ other: TimedPlace?, in order: ListOrder) -> TimedPlace {
        guard let other else { return self }
        // Times of one format are compared as texts.
        return (other.time > time) == (order == .oldest) ? other : self
    }
}

/// The part of a list in the order of times in which a page is.
struct TimedRange {
    /// It begins behind this place.
    let start: TimedPlace
    /// It ends before this time (oldest first), or with it (newest first); `infinity` or `-infinity` where it does not.
    let end: String

    /// `since` and `until` are where the list begins and ends, or ends and begins.
    /// - Parameter after: the cursor of the page before.
    init(since: Timestamp?, until: Timestamp?, _ order: ListOrder, after: String?) {
        let (first, last) = order == .oldest ? (since, until) : (until, since)
        let beginning = after.flatMap(TimedPlace.init) ?? .end(order, id: "0")
        start = beginning.later(first.map(TimedPlace.before), in: order)
        end = last?.description ?? (order == .oldest ? "infinity" : "-infinity")
    }

    /// As the statements take it.
    var arguments: Arguments {
        ["after_time": .text(start.time), "after_id": .text(start.id), "end_time": .text(end)]
    }
}

extension Rule<String> {
    /// A cursor as a list answered it in `next`.
    static var cursor: Rule {
        let base64 =
            "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$"
        let schema: JSON = ["pattern": .string(base64), "description": "The value of \"next\" of the page before."]
        return text(1...1024).parsed(placeholder: "", schema: schema) { text throws(Wrong) in
            guard let id = Cursor.id(text) else { throw .noCursor }
            return id
        }
    }

    /// A cursor of a list whose ids are made here.
    package static var numberCursor: Rule {
        cursor.parsed(placeholder: "0") { id throws(Wrong) in
            guard Int(id) != nil else { throw .noCursor }
            return id
        }
    }

    /// A cursor of a list in the order of times.
    /// - Parameter isNumbered: whether its ids are made here.
    static func timedCursor(isNumbered: Bool) -> Rule {
        cursor.parsed(placeholder: "") { text throws(Wrong) in
            guard let place = TimedPlace(text), !isNumbered || Int(place.id) != nil else { throw .noCursor }
            return text
        }
    }
}

extension Wrong {
    fileprivate static let noCursor = Wrong("must be the value of \"next\" of the page before")
}
