/// The descriptions of fields that mean the same in every function, for fields without a description of their own.
enum CommonFields {
    static func meaning(of name: String) -> String? { meanings[name] }

    private static let meanings = [
        "offerId": "The offer.", "affiliateId": "The affiliate.", "goalId": "The goal.", "postbackId": "The postback.",
        "conversionId": "The conversion.", "deliveryId": "The delivery.", "transactionId": "The transaction's id.",
        "clickId": "The click's id.", "status": "The conversion's status.",
        "conversionStatus": "The status that fires it.", "state": "The state of the delivery.",
        "since": "At this time or later.", "until": "Before this time.",
        "active": "Whether it fires on new events.", "paused": "Whether it is paused.",
        "destination": "The scheme, host and port of its receiver.",
        "httpStatus": "The status of the answer to the last attempt.",
        "errorCode": "The error of the last attempt, or with which the delivery ended.",
        "filter": "Selects by conditions, all of which must hold.",
        "deliveryIds": "Selects by ids.", "force": "Includes deliveries that were delivered, skipped or overtaken.",
        "dryRun": "Only counts.",
    ]
}
