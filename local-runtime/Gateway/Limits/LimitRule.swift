import Store

/// How the limits of a key apply to one function. `LimitRule.all` has the rule of every function; a function without a
/// rule is refused to a key that is limited.
package struct LimitRule: Sendable {
    /// The keys that may not call the function at all, because its effect goes beyond their limits.
    let refused: Refused
    /// The limits that become values of the fields `offerId` and `affiliateId`, so that the function applies them in
    /// its SQL.
    let ids: IDs
    /// Whether the fields `everyOffer` and `everyAffiliate` become false for a key of one offer or one affiliate.
    let kinds: [Dimension]
    /// The ids of other records in the input, each of which must belong to the limits.
    let records: Records
    /// The parts of an answer that may concern other records.
    let answer: Answer

    enum Dimension: Sendable, CaseIterable {
        case offer, affiliate
    }

    enum Refused: Sendable {
        case nobody, everyLimit
        case limitOfAffiliate, limitOfOffer
        /// A key that is limited to an affiliate, but not to an offer.
        case limitOfAffiliateAlone
        /// A key that is limited to an offer, but not to an affiliate.
        case limitOfOfferAlone
    }

    enum IDs: Sendable {
        case none
        /// The fields get the limits as values. A value that the caller gives must be equal to the limit.
        case added([Dimension])
        /// Does the same in the object `filter`, if the caller gives that.
        case addedToFilter
        /// The caller must give the fields, with the values of the limits.
        case given([Dimension])
    }

    enum Records: Sendable {
        case none
        /// `postbackId`.
        case postback
        /// `postbackId`, which may be left out.
        case filterOfPostbacks
        /// `postbackId`, of a filter in which a deleted postback is known.
        case filterOfAttempts
        /// `conversionId`.
        case conversion
        /// `conversionId`, or `offerId` with `transactionId` or `clickId`.
        case conversionKey
        /// The fields of listDeliveries.
        case filterOfDeliveries
        /// `deliveryIds`, or the fields of listDeliveries in `filter`.
        case resend
        /// `postbackIds` and `destination` in `filter`.
        case filterOfChanges
        /// `postbackId` or the fields of createPostback, and `conversionId`.
        case preview
    }

    enum Answer: Sendable {
        case whole
        /// Its warnings may name other postbacks.
        case savedPostback
        /// It has the input of deliverPostback too, which a limited key may not call.
        case preview
        /// It lists the deliveries that it enqueued, and its conversion may be another one's.
        case recording
    }

    private init(
        refused: Refused = .nobody, ids: IDs = .none, kinds: [Dimension] = [], records: Records = .none,
        answer: Answer = .whole
    ) {
        self.refused = refused
        self.ids = ids
        self.kinds = kinds
        self.records = records
        self.answer = answer
    }

    /// The rules by the names of the functions. A comment gives the reason where that is not obvious.
    package static let all: [String: LimitRule] = [
        "backfillPostback": LimitRule(records: .postback),
        "configureAffiliate": LimitRule(refused: .limitOfOffer, ids: .given([.affiliate])),
        // A destination receives the requests of several affiliates.
        "configureDestination": LimitRule(refused: .everyLimit),
        "configureOffer": LimitRule(refused: .limitOfAffiliate, ids: .given([.offer])),
        "createPostback": LimitRule(ids: .given(Dimension.allCases), answer: .savedPostback),
        "deletePostback": LimitRule(records: .postback),
        // It sends any request that its input describes.
        "deliverPostback": LimitRule(refused: .everyLimit),
        "deliveryStatistics": LimitRule(ids: .added(Dimension.allCases), records: .filterOfAttempts),
        "explainConversion": LimitRule(kinds: Dimension.allCases, records: .conversionKey),
        "findRecords": LimitRule(ids: .added(Dimension.allCases), kinds: Dimension.allCases),
        "listAffiliates": LimitRule(refused: .limitOfOfferAlone, ids: .added([.affiliate])),
        "listConversions": LimitRule(ids: .added(Dimension.allCases)),
        // A delivery belongs to the offer of its conversion, also if its postback is for every offer.
        "listDeliveries": LimitRule(
            ids: .added(Dimension.allCases), kinds: [.affiliate], records: .filterOfDeliveries),
        "listDestinations": LimitRule(refused: .everyLimit),
        "listOffers": LimitRule(refused: .limitOfAffiliateAlone, ids: .added([.offer])),
        "listPostbacks": LimitRule(
            ids: .added(Dimension.allCases), kinds: Dimension.allCases, records: .filterOfPostbacks),
        "previewPostback": LimitRule(records: .preview, answer: .preview),
        "recordConversion": LimitRule(ids: .given(Dimension.allCases), answer: .recording),
        // It also blanks the attempts of the network's own postbacks.
        "redactConversion": LimitRule(refused: .limitOfAffiliate, records: .conversion),
        "resendDeliveries": LimitRule(ids: .addedToFilter, kinds: [.affiliate], records: .resend),
        "showHealth": LimitRule(refused: .everyLimit),
        "updateConversionStatus": LimitRule(records: .conversionKey, answer: .recording),
        "updatePostback": LimitRule(records: .postback, answer: .savedPostback),
        "updatePostbacks": LimitRule(ids: .addedToFilter, records: .filterOfChanges),
    ]
}

extension LimitRule.Dimension {
    /// The field of an input whose value is the limit.
    var field: String { self == .offer ? "offerId" : "affiliateId" }

    /// The field that includes what concerns every offer or affiliate.
    var kindField: String {
        self == .offer ? PostbackKinds.names.everyOffer : PostbackKinds.names.everyAffiliate
    }

    /// The id of this dimension in the limits; nil if they leave it open.
    func limit(of limits: KeyLimits) -> String? { self == .offer ? limits.offerID : limits.affiliateID }
}

extension LimitRule.Refused {
    func contains(_ limits: KeyLimits) -> Bool {
        switch self {
        case .nobody: false
        case .everyLimit: !limits.isNone
        case .limitOfAffiliate: limits.affiliateID != nil
        case .limitOfOffer: limits.offerID != nil
        case .limitOfAffiliateAlone: limits.affiliateID != nil && limits.offerID == nil
        case .limitOfOfferAlone: limits.offerID != nil && limits.affiliateID == nil
        }
    }
}
