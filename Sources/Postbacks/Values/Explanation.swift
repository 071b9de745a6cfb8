/// Whether a postback fired on an event, and else the first reason why it did not.
package enum Explanation: String, CaseIterable, Sendable {
    case fired
    case silent
    case affiliate
    case status
    case goal
    case inactive
    case createdLater = "created_later"
    case deleted

    /// The same for people.
    package var reason: String {
        switch self {
        case .fired: "it fired"
        case .silent: "the conversion was recorded silently, as history; backfillPostback owes it with includeSilent"
        case .affiliate: "it is another affiliate's"
        case .status: "it fires on another conversion status"
        case .goal: "it is for another goal, and the offer's goals were on"
        case .inactive: "it was not active"
        case .createdLater: "it was created later; backfillPostback owes it what was before"
        case .deleted: "it had been deleted"
        }
    }
}
