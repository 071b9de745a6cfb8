/// Names that callers use by mistake instead of the name of a field: names from other networks, from the tables and
/// from other functions.
package enum OtherNames {
    /// `; did you mean "…"?`, or an empty text. `fields` contains the names of the existing fields.
    package static func hint(for word: String, among fields: [String]) -> String {
        meant(by: word, among: fields).map { "; did you mean \"\($0)\"?" } ?? ""
    }

    /// The field that was probably meant: one with the same meaning, or else the one with the most similar spelling.
    package static func meant(by word: String, among fields: [String]) -> String? {
        let key = String(decoding: Spelling.folded(word), as: UTF8.self)
        // Names that differ only in case and separators need no table.
        if let same = fields.first(where: { Spelling.folded($0).elementsEqual(key.utf8) }) { return same }
        let ids = fields.filter { $0.hasSuffix("Id") }
        if key == "id", ids.count == 1 { return ids[0] }
        if fields.contains("params"), let sub = sub(key) { return "params.\(sub)" }
        let known = (meanings[key] ?? []).first { field in
            fields.contains { $0 == field || field.hasPrefix("\($0).") }
        }
        return known ?? Spelling.completed(word, among: fields)
    }

    /// Names such as `sub1`, `sub_id_1`, `aff_sub1` and `s1` mean the same parameter.
    private static func sub(_ key: String) -> String? {
        let digits = key.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()
        guard !digits.isEmpty, digits.count <= 2 else { return nil }
        let stem = key.dropLast(digits.count)
        return ["sub", "subid", "affsub", "s", "p", "param", "custom"].contains(stem) ? "sub\(String(digits))" : nil
    }

    /// For each other name, the fields in the order in which they are tried; the first one that the function has is
    /// suggested.
    private static let meanings: [String: [String]] = {
        var meanings: [String: [String]] = [:]
        for (field, words) in words {
            for word in words.split(separator: " ") { meanings[String(word), default: []].append(field) }
        }
        return meanings
    }()

    /// Each field with its other names, without `_` and `-`. Several fields may share such a name. Their order matters
    /// only for an object that has more than one of them.
    private static let words: [(field: String, words: String)] = [
        ("deliveryId", "id delivery"), ("deliveryIds", "id ids delivery deliveries deliveryid"),
        ("postbackId", "id postback postbacks pixel pixelid callbackid webhookid ruleid"),
        ("conversionId", "id conversion conversions convid leadid actionid saleid"),
        (
            "transactionId",
            "id txid tid transaction transid trxid txnid orderid order ordernumber externalid uniqueid leadid actionid saleid"
        ),
        ("clickId", "click cid clid clickref subid clickuuid gclid fbclid reqid externalid visitorid"),
        ("offerId", "offer offers campaign campaignid program programid product productid advertiserid"),
        (
            "affiliateId",
            "affiliate affiliates aff affid partner partnerid publisher publisherid pub pubid user userid source sourceid account accountid"
        ),
        ("goalId", "goal event eventid eventname eventtype step type action goalname conversiontype"),
        ("goals", "goal events steps actions"), ("goalsEnabled", "enablegoals hasgoals goalson usegoals goalenabled"),
        (
            "conversionStatus",
            "status state convstatus on trigger triggers triggeron fireon firesonstatus event statuses"
        ),
        ("status", "state conversionstatus newstatus"), ("state", "status deliverystatus states statuses"),
        ("expectedStatus", "previousstatus oldstatus fromstatus currentstatus"),
        ("statusReason", "reason comment note message rejectreason rejectionreason"),
        ("httpType", "method type httpmethod verb requesttype contenttype format requestmethod"),
        ("url", "uri link href target endpoint postbackurl callback callbackurl webhook webhookurl address template"),
        (
            "basicAuth",
            "auth authorization authentication credentials login user username password pass token bearer apikey basic"
        ),
        (
            "requestParams",
            "params parameters query queryparams body data payload fields form json requestbody variables requestparameters"
        ), ("requestHeaders", "headers header httpheaders customheaders"),
        ("signingSecret", "secret signature signingkey hmac webhooksecret sign hmacsecret secretkey"),
        ("omitEmptyParams", "omitempty skipempty omitemptyparameters dropempty"),
        ("skipWhenEmpty", "required requiredmacros skipifempty requires mandatory"),
        ("successWhen", "success successif successcriteria okwhen expect expectedresponse response"),
        ("statuses", "status codes statuscodes code successcodes httpstatus"),
        ("bodyContains", "contains body text match pattern responsecontains"),
        ("bodyLacks", "lacks notcontains bodynotcontains excludes without failwhen errortext"),
        ("retry", "retries retryon tryagain"), ("paused", "pause onhold ispaused"), ("isPaused", "paused pause onhold"),
        ("resume", "unpause continue restart reactivate"),
        ("active", "pause paused enabled enable disable disabled isactive isenabled deactivate stop on off"),
        ("sendOvertaken", "sendall sendlate overtaken ordered keeporder"),
        ("isBlocked", "blocked paused failing down"),
        ("maxInFlight", "concurrency parallel maxconcurrency limit max maximum inflight maxparallel rate"),
        ("replaceOrigin", "url origin host hostname domain move moveto replaceurl replacehost replacedomain"),
        ("from", "old source oldorigin olddomain"), ("to", "new target neworigin newdomain"),
        ("changes", "change set update values patch"), ("text", "query search q id term value"),
        ("postbackIds", "id ids postback postbacks postbackid"),
        ("retryNow", "sendnow now immediately"), ("idempotencyKey", "key idempotency requestid uniquekey"),
        ("login", "user username name account"), ("password", "pass pwd secret"),
        ("token", "apikey key bearer secret accesstoken"), ("scheme", "type kind"),
        ("payout", "amount sum price commission reward earnings value payoutamount"),
        ("revenue", "income profit cost advertiserpayout"),
        ("saleAmount", "amount sum price total ordertotal orderamount orderprice basket salevalue value sale"),
        ("currency", "cur currencycode payoutcurrency curr"), ("ip", "ipaddress userip clientip sessionip remoteaddr"),
        ("country", "geo countrycode cc location"), ("userAgent", "ua browser agent useragentstring"),
        ("clickedAt", "clicktime clickdate clicktimestamp clickat"),
        (
            "occurredAt",
            "time date timestamp datetime conversiontime conversiondate createdat at convertedat eventtime when"
        ), ("silent", "quiet nofire dontfire mute history"),
        ("params", "sub subs subids custom customparams extra extras metadata meta data attributes parameters"),
        ("sample", "samples values testvalues macros example conversion"),
        ("name", "title label displayname"), ("id", "goalid key"),
        ("since", "from start startdate datefrom after begin createdafter fromdate min"),
        ("until", "to end enddate dateto before till createdbefore todate max"),
        ("limit", "count size pagesize perpage max top maxresults rows"),
        ("after", "next cursor offset page pagetoken nextpage starting startingafter"),
        ("order", "sort orderby sortby direction sorting"),
        ("httpStatus", "code statuscode httpcode httpstatuscode responsecode responsestatus laststatus"),
        ("errorCode", "error errors code failure lasterror"),
        ("destination", "domain host hostname origin url server"),
        ("filter", "where conditions query"), ("force", "forced all overwrite"),
        ("dryRun", "dry test preview simulate checkonly countonly"),
        ("includeSilent", "silent history withsilent"), ("all", "everything full verbose"),
        ("postback", "template rule"), ("event", "trigger"), ("conversion", "snapshot"),
        ("attempt", "try attempts attemptnumber trynumber"), ("isTest", "test testing dryrun"),
        ("previousStatus", "oldstatus fromstatus"), ("sequence", "number seq"), ("at", "time date timestamp"),
    ]
}
