import Postgres

extension Statement {
    static let adoptInstallation = Statement(
        name: "adopt_installation", bytes: PackageResources.adopt_installation_sql)
    static let checkInstallation = Statement(
        name: "check_installation", bytes: PackageResources.check_installation_sql)
    static let findSequencesBehind = Statement(
        name: "find_sequences_behind", bytes: PackageResources.find_sequences_behind_sql)
    static let checkWritable = Statement(name: "check_writable", bytes: PackageResources.check_writable_sql)
    static let deferUnreadable = Statement(
        name: "", sql: "SELECT delivery_id, reason FROM defer_unreadable($1::int[])")
    static let mendSequences = Statement(name: "", sql: "SELECT mend_sequences() AS mended")
    static let renumberDeliveries = Statement(
        name: "renumber_deliveries", bytes: PackageResources.renumber_deliveries_sql)
    static let applySettings = Statement(name: "apply_settings", bytes: PackageResources.apply_settings_sql)
    static let checkPollerRights = Statement(
        name: "check_poller_rights", bytes: PackageResources.check_poller_rights_sql)
    static let claimAlerts = Statement(name: "claim_alerts", bytes: PackageResources.claim_alerts_sql)
    static let completeAlerts = Statement(name: "complete_alerts", bytes: PackageResources.complete_alerts_sql)
    static let gatherDeaths = Statement(name: "gather_deaths", bytes: PackageResources.gather_deaths_sql)
    static let tellOperator = Statement(name: "tell_operator", bytes: PackageResources.tell_operator_sql)
    static let watchOutbox = Statement(name: "watch_outbox", bytes: PackageResources.watch_outbox_sql)
    static let claimDeliveries = Statement(name: "claim_deliveries", bytes: PackageResources.claim_deliveries_sql)
    static let completeDeliveries = Statement(
        name: "complete_deliveries", bytes: PackageResources.complete_deliveries_sql)
    static let configureAffiliate = Statement(
        name: "configure_affiliate", bytes: PackageResources.configure_affiliate_sql)
    static let configureOffer = Statement(name: "configure_offer", bytes: PackageResources.configure_offer_sql)
    static let createPostbacks = Statement(name: "create_postbacks", bytes: PackageResources.create_postbacks_sql)
    static let findDueDestinations = Statement(
        name: "find_due_destinations", bytes: PackageResources.find_due_destinations_sql)
    static let findIdempotentPostbacks = Statement(
        name: "find_idempotent_postbacks", bytes: PackageResources.find_idempotent_postbacks_sql)
    static let findOverlappingPostbacks = Statement(
        name: "find_overlapping_postbacks", bytes: PackageResources.find_overlapping_postbacks_sql)
    static let holdPostbacks = Statement(name: "hold_postbacks", bytes: PackageResources.hold_postbacks_sql)
    static let fillDeliveries = Statement(name: "fill_deliveries", bytes: PackageResources.fill_deliveries_sql)
    static let findConversion = Statement(name: "find_conversion", bytes: PackageResources.find_conversion_sql)
    static let findUnknown = Statement(name: "find_unknown", bytes: PackageResources.find_unknown_sql)
    static let listAttempts = Statement(name: "list_attempts", bytes: PackageResources.list_attempts_sql)
    static let lockConversion = Statement(name: "lock_conversion", bytes: PackageResources.lock_conversion_sql)
    static let lockPostbacks = Statement(name: "lock_postbacks", bytes: PackageResources.lock_postbacks_sql)
    static let lockOffer = Statement(name: "lock_offer", bytes: PackageResources.lock_offer_sql)
    static let markDestinations = Statement(name: "mark_destinations", bytes: PackageResources.mark_destinations_sql)
    static let nextPostbackIDs = Statement(name: "next_postback_ids", bytes: PackageResources.next_postback_ids_sql)
    static let pauseDyingPostbacks = Statement(
        name: "pause_dying_postbacks", bytes: PackageResources.pause_dying_postbacks_sql)
    static let redactConversion = Statement(name: "redact_conversion", bytes: PackageResources.redact_conversion_sql)
    static let releaseDeliveries = Statement(name: "release_deliveries", bytes: PackageResources.release_deliveries_sql)
    static let updateStatuses = Statement(name: "update_statuses", bytes: PackageResources.update_statuses_sql)
    static let listSealedPostbacks = Statement(
        name: "list_sealed_postbacks", bytes: PackageResources.list_sealed_postbacks_sql)
    static let resealPostbacks = Statement(name: "reseal_postbacks", bytes: PackageResources.reseal_postbacks_sql)
    static let countSealed = Statement(name: "count_sealed", bytes: PackageResources.count_sealed_sql)
    static let findClaimed = Statement(name: "find_claimed", bytes: PackageResources.find_claimed_sql)
    static let cancelDeliveries = Statement(name: "cancel_deliveries", bytes: PackageResources.cancel_deliveries_sql)
    static let backfillPostback = Statement(name: "backfill_postback", bytes: PackageResources.backfill_postback_sql)
    static let deletePostback = Statement(name: "delete_postback", bytes: PackageResources.delete_postback_sql)
    static let explainConversion = Statement(name: "explain_conversion", bytes: PackageResources.explain_conversion_sql)
    static let findEvent = Statement(name: "find_event", bytes: PackageResources.find_event_sql)
    static let findPostback = Statement(name: "find_postback", bytes: PackageResources.find_postback_sql)
    static let findUnresendable = Statement(name: "find_unresendable", bytes: PackageResources.find_unresendable_sql)
    static let measureBacklog = Statement(name: "measure_backlog", bytes: PackageResources.measure_backlog_sql)
    static let measureAlerts = Statement(name: "measure_alerts", bytes: PackageResources.measure_alerts_sql)
    static let mendOutbox = Statement(name: "mend_outbox", bytes: PackageResources.mend_outbox_sql)
    static let resendDeliveries = Statement(name: "resend_deliveries", bytes: PackageResources.resend_deliveries_sql)
    static let updatePostbacks = Statement(name: "update_postbacks", bytes: PackageResources.update_postbacks_sql)
    static let recordHeartbeat = Statement(name: "record_heartbeat", bytes: PackageResources.record_heartbeat_sql)
    static let removeHeartbeat = Statement(name: "remove_heartbeat", bytes: PackageResources.remove_heartbeat_sql)
    static let listPollers = Statement(name: "list_pollers", bytes: PackageResources.list_pollers_sql)
    static let describeServer = Statement(name: "describe_server", bytes: PackageResources.describe_server_sql)
    static let tryWriting = Statement(name: "try_writing", bytes: PackageResources.try_writing_sql)
    static let countOwed = Statement(name: "count_owed", bytes: PackageResources.count_owed_sql)
    static let countDue = Statement(name: "count_due", bytes: PackageResources.count_due_sql)
    static let listPaused = Statement(name: "list_paused", bytes: PackageResources.list_paused_sql)
    static let listBlocked = Statement(name: "list_blocked", bytes: PackageResources.list_blocked_sql)
}

extension ListStatement {
    static let affiliates = ListStatement(name: "list_affiliates", bytes: PackageResources.list_affiliates_sql)
    static let conversions = ListStatement(name: "list_conversions", bytes: PackageResources.list_conversions_sql)
    static let deliveries = ListStatement(name: "list_deliveries", bytes: PackageResources.list_deliveries_sql)
    static let offers = ListStatement(name: "list_offers", bytes: PackageResources.list_offers_sql)
    static let postbacks = ListStatement(name: "list_postbacks", bytes: PackageResources.list_postbacks_sql)
}
