import Input

/// The macro of this product that another network's macro corresponds to.
package struct MacroMeaning: Sendable, Equatable {
    /// The macro with its braces.
    package let template: String
    /// Why the meaning is not certain; nil if it is.
    package let doubt: String?

    /// Finds the meaning by the macro's name, or by the parameter's name if the macro has none.
    package init?(of name: String, parameter: String) {
        let key = MacroMeaning.folded(name)
        let parameterKey = MacroMeaning.folded(parameter)
        if key.isEmpty {
            guard let known = MacroMeaning.known(parameterKey, parameter: "") else { return nil }
            self.init(template: known.template, doubt: "by the parameter's name")
        } else if let known = MacroMeaning.known(key, parameter: parameterKey) {
            self = known
        } else {
            return nil
        }
    }

    /// Returns the macro of this product that is nearest to an unknown one, by its spelling or else by its parameter.
    package static func nearest(to name: String, parameter: String) -> String? {
        let candidates = certain.keys.sorted() + guesses.keys.sorted() + MacroName.allCases.map(\.rawValue)
        let bare = String(name.prefix { $0 != ":" && $0 != "|" })
        let found = MacroMeaning(of: bare, parameter: "") == nil ? Spelling.nearest(to: bare, among: candidates) : bare
        return found.flatMap { MacroMeaning(of: $0, parameter: "") }?.template
            ?? MacroMeaning(of: parameter, parameter: "")?.template
    }

    /// Finds the meaning of a name that may be misspelt, or followed by a format or a default of the other network.
    init?(resembling text: Substring, parameter: String, bySpelling: Bool = true) {
        let name = String(text.prefixOfScalars { $0 != ":" && $0 != "|" })
        if !MacroMeaning.folded(name).isEmpty, let known = MacroMeaning(of: name, parameter: parameter) {
            self = known
            return
        }
        // Short words are similar to too many others.
        guard bySpelling, (5...64).contains(name.utf8.count),
            let nearest = Spelling.nearest(to: name, among: MacroName.allCases.map(\.rawValue))
        else { return nil }
        self.init(template: "{\(nearest)}", doubt: "by its spelling")
    }

    /// Whether the name is not a word of everyday language.
    var isUnmistakable: Bool {
        doubt == nil && !["{status}", "{country}", "{currency}", "{random}", "{attempt}", "{ip}"].contains(template)
    }

    init(template: String, doubt: String?) {
        self.template = template
        self.doubt = doubt
    }

    private static func known(_ key: String, parameter: String) -> MacroMeaning? {
        if let sub = sub(key) {
            let isClick = certain[parameter] == "{click_id}" || parameter == "subid"
            return MacroMeaning(
                template: sub,
                doubt: isClick
                    ? "the parameter asks for the click: write {click_id} if yours is recorded as clickId" : nil)
        }
        if let (template, doubt) = guesses[key] { return MacroMeaning(template: template, doubt: doubt) }
        if let template = certain[key] { return MacroMeaning(template: template, doubt: nil) }
        guard let own = MacroName.allCases.first(where: { folded($0.rawValue) == key }) else { return nil }
        return MacroMeaning(template: "{\(own.rawValue)}", doubt: nil)
    }

    private static func folded(_ name: String) -> String {
        name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != "." && $0 != " " }
    }

    /// Reads `s2`, `sub2`, `sub_id_2`, `aff_sub2`, `subacc2`, …
    private static func sub(_ key: String) -> String? {
        let digits = String(key.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
        guard let number = Int(digits), (1...99).contains(number), !digits.hasPrefix("0") else { return nil }
        let stems = ["s", "sub", "subid", "affsub", "subacc", "subaccount", "sid", "aff_sub", "clicksub"]
        guard stems.contains(String(key.dropLast(digits.count))) else { return nil }
        return number <= 10 ? "{sub\(number)}" : "{params.sub\(number)}"
    }

    /// Other names of the same thing.
    private static let certain: [String: String] = [
        "clickid": "{click_id}", "cid": "{click_id}", "affclickid": "{click_id}", "externalid": "{click_id}",
        "cnvid": "{click_id}", "pubclickid": "{click_id}", "txid": "{transaction_id}", "orderid": "{transaction_id}",
        "transid": "{transaction_id}", "payoutamount": "{payout}", "commission": "{payout}",
        "saleamount": "{sale_amount}", "orderamount": "{sale_amount}", "currencycode": "{currency}",
        "cnvcurrency": "{currency}", "affid": "{affiliate_id}", "affname": "{affiliate_name}",
        "conversionip": "{ip}", "sessionip": "{ip}", "userip": "{ip}", "ipaddress": "{ip}", "geo": "{country}",
        "countrycode": "{country}", "useragent": "{user_agent}", "ua": "{user_agent}", "uagent": "{user_agent}",
        "rand": "{random}", "cachebuster": "{random}", "affsub": "{sub1}", "sub": "{sub1}",
    ]

    /// Names that mean the same only with some networks, or that have another form.
    private static let guesses: [String: (String, String)] = [
        "subid": ("{click_id}", "in some networks the first sub id: {sub1}"),
        "sid": ("{sub1}", "in some networks the click: {click_id}"),
        "reqid": ("{click_id}", "CAKE's request id"), "tid": ("{transaction_id}", "in some networks the click"),
        "transactionid": ("{transaction_id}", "in TUNE and Everflow the click: {click_id}"),
        "leadid": ("{conversion_id}", "in some networks the transaction"),
        "actionid": ("{conversion_id}", "in some networks the transaction"),
        "amount": ("{payout}", "in some networks the sale's amount: {sale_amount}"),
        "sum": ("{payout}", "in some networks the sale's amount: {sale_amount}"),
        "price": ("{payout}", "in some networks the sale's amount: {sale_amount}"),
        "revenue": ("{payout}", "our macro of that name is what the network earns"),
        "profit": ("{payout}", "what the affiliate earns"),
        "status": ("{status}", words), "cnvstatus": ("{status}", words), "conversionstatus": ("{status}", words),
        "leadstatus": ("{status}", words), "offer": ("{offer_id}", "perhaps the name: {offer_name}"),
        "campid": ("{offer_id}", "in some networks the affiliate's campaign"),
        "campaignid": ("{offer_id}", "in some networks the affiliate's campaign"),
        "pid": ("{affiliate_id}", "in some networks the product"),
        "publisherid": ("{affiliate_id}", "the affiliate"), "goal": ("{goal_id}", "perhaps the name: {goal_name}"),
        "event": ("{goal_id}", "perhaps the name: {goal_name}"),
        "eventname": ("{goal_name}", "the goal, not our event"),
        "eventid": ("{goal_id}", "in most networks the goal; our macro of that name is one change of a conversion"),
        "time": ("{occurred_at:unix}", time), "timestamp": ("{occurred_at:unix}", time),
        "conversiontime": ("{occurred_at:unix}", time), "date": ("{occurred_at:date}", time),
        "datetime": ("{occurred_at}", time), "clicktime": ("{clicked_at:unix}", time),
        "comment": ("{status_reason}", "the reason of the status"),
        "test": ("{is_test}", "1 for a test, else 0"),
    ]

    private static let words =
        "our words are pending, done and rejected; for other words write {status:pending=…,done=…,rejected=…}"
    private static let time = "the form may be another: {occurred_at} is RFC 3339, :unix seconds, :unixms, :date"
}
