/// The descriptions of fields that mean the same in every function, for fields without a description of their own.
enum CommonFields {
    static func meaning(of name: String) -> String? { meanings[name] }

    private static let meanings = [
        "offerId": "The offer.", "affiliateId": "The affiliate.", "goalId": "The goal.", "postbackId": "The postback.",
        "conversionId": "The conversion.", "deliveryId": "The delivery.", "transactionId": "The transaction's id.",
        "clickId": "The click's id.", "status": "The conversion's status.",
        "conversionStatus": "The status on which it fires.", "state": "How the delivery stands.",
        "since": "Of this time or later.", "until": "Before this time.",
        "active": "Whether it fires on new events.", "paused": "Whether it is paused.",
        "destination": "Scheme, host and port that it goes to.", "filter": "Which; all of its conditions must hold.",
        "deliveryIds": "Which, by their ids.", "force": "Also what was delivered, skipped or overtaken.",
        "dryRun": "Only counts.",
    ]
}
