/// The inputs of a recorder and the answers to them. The answers are promises that the database must keep.
package struct Account: Sendable {
    /// The transactions that were handed over at least once. One without an answer may be recorded or not.
    package var offered: Set<String> = []
    /// The answers by transaction. The last answer counts, but the deliveries of the first one are kept.
    package var answers: [String: Answer] = [:]
    /// The conversions whose status was to be changed.
    package var offeredChanges: Set<Int> = []
    /// The answers to the changes, by conversion.
    package var changes: [Int: Answer] = [:]
    /// The final refusals by transaction, with the error's code and message.
    package var refusals: [String: String] = [:]

    package struct Answer: Sendable {
        package let conversion: Int
        /// The ids of the deliveries in the answer; empty for a repeat, which fires nothing.
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
