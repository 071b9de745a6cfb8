import JSON
package import Postgres

/// What operators are told of how deliveries end and postbacks are paused.
extension Outbox {
    /// A delivery that ended without reaching its receiver.
    package struct Ended: Equatable {
        package let delivery: Int
        /// `dead` or `failed`.
        package let state: String
        package let postback: Int
        package let conversion: Int
        package let attempts: Int
        /// Scheme, host and port.
        package let destination: String
        /// What the last attempt failed with.
        package let code: String

        package init(
            delivery: Int, state: String, postback: Int, conversion: Int, attempts: Int, destination: String,
            code: String
        ) {
            self.delivery = delivery
            self.state = state
            self.postback = postback
            self.conversion = conversion
            self.attempts = attempts
            self.destination = destination
            self.code = code
        }
    }

    static func ended(_ row: Row) -> [Ended] {
        row.list("ended").map { json in
            Ended(
                delivery: json.integer("delivery"), state: json["state"]?.text ?? "",
                postback: json.integer("postback"),
                conversion: json.integer("conversion"), attempts: json.integer("attempts"),
                destination: json["destination"]?.text ?? "", code: json["code"]?.text ?? "")
        }
    }

    /// A postback that has just been paused.
    package struct Pause: Equatable {
        package let postback: Int
        /// Nil for every offer.
        package let offer: String?
        /// Nil for every affiliate.
        package let affiliate: String?
        package let reason: String
    }

    /// Of a statement that pauses postbacks.
    package static func pauses(_ rows: Rows) -> [Pause] {
        (rows.first?.list("pauses") ?? []).map { json in
            Pause(
                postback: json.integer("postback"), offer: json["offer"]?.text, affiliate: json["affiliate"]?.text,
                reason: json["reason"]?.text ?? "")
        }
    }

    /// What is owed, as far as an operator wants to know each minute.
    package struct Backlog: Equatable {
        /// At most `countLimit`.
        package let owed: Int
        /// For how many seconds the oldest has been due of all that could be sent: not held, and not to a blocked destination.
        /// Nil for none.
        package let oldestDueSeconds: Int?

        package static let countLimit = 1_000_000

        package init(owed: Int, oldestDueSeconds: Int?) {
            self.owed = owed
            self.oldestDueSeconds = oldestDueSeconds
        }
    }

    package static let measureBacklog = Call(.measureBacklog, [.int(Backlog.countLimit)])

    package static func backlog(_ rows: Rows) -> Backlog {
        Backlog(owed: rows.first?.integer("owed") ?? 0, oldestDueSeconds: rows.first?.integer("oldest_due_seconds"))
    }

    /// The postback of which a notification on `channel` says that it was resumed; nil for every other notification.
    package static func resumedPostback(_ payload: String) -> Int? {
        payload.hasPrefix("resumed ") ? Int(payload.dropFirst("resumed ".count)) : nil
    }
}

extension Row {
    /// A column that holds a JSON list.
    fileprivate func list(_ column: String) -> [JSON] {
        if case .array(let items) = json(column) { items } else { [] }
    }
}

extension JSON {
    fileprivate func integer(_ name: String) -> Int {
        if case .number(let text)? = self[name] { Int(text) ?? 0 } else { 0 }
    }
}
