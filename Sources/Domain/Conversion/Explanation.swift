/// Says that a postback fired on an event, or else the first reason why it did not.
package enum Explanation: String, CaseIterable, Sendable {
    case fired
    case silent
    case affiliate
    case status
    case goal
    case inactive
    case createdLater = "created_later"
    case deleted

    /// The conversion as it was at the event, with the values that the conditions look at.
    package struct Event {
        let affiliateID: String
        let goalID: String?
        let status: String

        package init(affiliateID: String, goalID: String?, status: String) {
            self.affiliateID = affiliateID
            self.goalID = goalID
            self.status = status
        }
    }

    /// The postback as it was at the event; times are RFC 3339.
    package struct Postback {
        package var affiliateID: String?
        package var conversionStatus: String?
        package var goalID: String?
        package var createdAt: String?
        package var deletedAt: String?

        package init() {}
    }

    /// Says for people why it did not fire, with the values that decided; nil if it fired.
    package func reason(_ event: Event, _ postback: Postback) -> String? {
        switch self {
        case .fired: nil
        case .silent: "the conversion was recorded silently, as history; backfillPostback with includeSilent sends it"
        case .affiliate:
            "it is affiliate \"\(postback.affiliateID ?? "")\"'s; this is affiliate \"\(event.affiliateID)\"'s"
        case .status: "it fires on \(postback.conversionStatus ?? "another status"); this is \(event.status)"
        case .goal:
            "it is for goal \"\(postback.goalID ?? "")\", and the offer's goals were on; "
                + (event.goalID.map { "this is of goal \"\($0)\"" } ?? "this has no goal")
        case .inactive: "it was not active"
        case .createdLater:
            "it was created after the event\(at(postback.createdAt)); backfillPostback sends it earlier events"
        case .deleted: "it had been deleted\(at(postback.deletedAt))"
        }
    }

    private func at(_ time: String?) -> String { time.map { ", at \($0)" } ?? "" }
}
