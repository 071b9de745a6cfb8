import Postgres

extension Statement {
    static let configureAffiliate = Statement(
        name: "configure_affiliate", bytes: PackageResources.configure_affiliate_sql)
    static let configureOffer = Statement(name: "configure_offer", bytes: PackageResources.configure_offer_sql)
    static let createPostbacks = Statement(name: "create_postbacks", bytes: PackageResources.create_postbacks_sql)
    static let findIdempotentPostbacks = Statement(
        name: "find_idempotent_postbacks", bytes: PackageResources.find_idempotent_postbacks_sql)
    static let findOverlappingPostbacks = Statement(
        name: "find_overlapping_postbacks", bytes: PackageResources.find_overlapping_postbacks_sql)
    static let findConversion = Statement(name: "find_conversion", bytes: PackageResources.find_conversion_sql)
    static let findUnknown = Statement(name: "find_unknown", bytes: PackageResources.find_unknown_sql)
    static let listAttempts = Statement(name: "list_attempts", bytes: PackageResources.list_attempts_sql)
    static let lockConversion = Statement(name: "lock_conversion", bytes: PackageResources.lock_conversion_sql)
    static let lockPostbacks = Statement(name: "lock_postbacks", bytes: PackageResources.lock_postbacks_sql)
    static let lockOffer = Statement(name: "lock_offer", bytes: PackageResources.lock_offer_sql)
    static let nextPostbackIDs = Statement(name: "next_postback_ids", bytes: PackageResources.next_postback_ids_sql)
    static let redactConversion = Statement(name: "redact_conversion", bytes: PackageResources.redact_conversion_sql)
    static let updateStatuses = Statement(name: "update_statuses", bytes: PackageResources.update_statuses_sql)
    static let listSealedPostbacks = Statement(
        name: "list_sealed_postbacks", bytes: PackageResources.list_sealed_postbacks_sql)
    static let resealPostbacks = Statement(name: "reseal_postbacks", bytes: PackageResources.reseal_postbacks_sql)
    static let countSealed = Statement(name: "count_sealed", bytes: PackageResources.count_sealed_sql)
    static let findClaimed = Statement(name: "find_claimed", bytes: PackageResources.find_claimed_sql)
    static let backfillPostback = Statement(name: "backfill_postback", bytes: PackageResources.backfill_postback_sql)
    static let deletePostback = Statement(name: "delete_postback", bytes: PackageResources.delete_postback_sql)
    static let explainConversion = Statement(name: "explain_conversion", bytes: PackageResources.explain_conversion_sql)
    static let findEvent = Statement(name: "find_event", bytes: PackageResources.find_event_sql)
    static let findPostback = Statement(name: "find_postback", bytes: PackageResources.find_postback_sql)
    static let findUnresendable = Statement(name: "find_unresendable", bytes: PackageResources.find_unresendable_sql)
    static let resendDeliveries = Statement(name: "resend_deliveries", bytes: PackageResources.resend_deliveries_sql)
    static let updatePostbacks = Statement(name: "update_postbacks", bytes: PackageResources.update_postbacks_sql)
}

extension ListStatement {
    static let affiliates = ListStatement(name: "list_affiliates", bytes: PackageResources.list_affiliates_sql)
    static let conversions = ListStatement(name: "list_conversions", bytes: PackageResources.list_conversions_sql)
    static let deliveries = ListStatement(name: "list_deliveries", bytes: PackageResources.list_deliveries_sql)
    static let offers = ListStatement(name: "list_offers", bytes: PackageResources.list_offers_sql)
    static let postbacks = ListStatement(name: "list_postbacks", bytes: PackageResources.list_postbacks_sql)
}
