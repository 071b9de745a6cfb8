/// What a recorder was given, and what it answered: the promises that the database is held to.
package struct Account: Sendable {
    /// The transactions that were handed over at least once. Without an answer one may be recorded or not.
    package var offered: Set<String> = []
    /// By transaction; the last answer counts, the first one's deliveries are kept.
    package var answers: [String: Answer] = [:]
    /// What was refused for good, by transaction: the error's code and message.
    package var refusals: [String: String] = [:]

    package struct Answer: Sendable {
        package let conversion: Int
        /// The ids that were answered; empty for a repeat, which fires nothing.
        package let deliveries: [Int]
        /// Milliseconds since 1970.
        package let at: Int64

        package init(conversion: Int, deliveries: [Int], at: Int64) {
            self.conversion = conversion
            self.deliveries = deliveries
            self.at = at
        }
    }

    package init() {}
}
