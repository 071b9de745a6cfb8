import JSON
import TestSupport

/// The values of a conversion, by their macros.
struct RandomValues {
    /// Empty for a macro without a value.
    private(set) var macros: [(name: String, value: String)]
    /// Those that are a number or boolean in JSON, and what stands there.
    let typed: [(macro: String, json: JSON)]
    private let moment: RandomMoment
    private let amount: RandomAmount
    /// Of `{params.large}`, which no template uses unless it is put there.
    var large = ""

    init(id: Int, _ random: inout SeededRandom) {
        func named(_ text: String) -> String { text.isEmpty ? "x" : text }
        let (moment, amount) = (RandomMoment(&random), RandomAmount(&random))
        let number = random.pick(["0", "-0", "7", "-1.50", "6.02e23", "1E-400", "123456789012345678901234567890.5"])
        let noNumber = random.pick([
            "", "007", "+1", ".5", "1.", "1e", "0x1", "NaN", "2 ", "--1", "1,5", "é", "\u{661}",
        ])
        let fixed: [(macro: String, json: JSON)] = [
            ("{payout:number}", .number("12.30")), ("{revenue:number}", .null),
            ("{revenue:number|0.0}", .number("0.0")), ("{params.number:number}", .number(number)),
            ("{params.word:number}", .null), ("{params.word:number|-1}", .number("-1")),
            ("{delivery_id:number}", .integer(id)), ("{attempt:number|5}", .number("1")),
            ("{status:pending=2,done=1:number}", .number("1")),
            ("{status:done=true,rejected=false:boolean}", true), ("{is_test:boolean}", false),
            ("{params.word:boolean}", .null), ("{params.none:boolean|1}", true), ("{clicked_at:unix:number}", .null),
        ]
        typed =
            fixed
            + (moment.macros + amount.macros).map { name, value in
                (macro: "{\(name):number}", json: value.contains(where: " :/TZ".contains) ? .null : .number(value))
            }
        let plain: [(name: String, value: String)] = [
            ("click_id", named(RandomText.make(&random, controlCharacters: false))),
            ("transaction_id", named(RandomText.make(&random, controlCharacters: false))),
            ("offer_id", named(RandomText.make(&random, controlCharacters: false))),
            ("offer_name", named(RandomText.make(&random))), ("affiliate_name", named(RandomText.make(&random))),
            ("goal_name", named(RandomText.make(&random))), ("status_reason", RandomText.make(&random)),
            ("user_agent", RandomText.make(&random, pieces: 30)), ("sub1", RandomText.make(&random)),
            ("sub10", RandomText.make(&random, controlCharacters: false)), ("params.a", RandomText.make(&random)),
            ("params.B-1.c", RandomText.make(&random, controlCharacters: false)), ("params.none", ""), ("country", ""),
            ("payout", "12.30"), ("revenue", ""), ("status", "done"), ("previous_status", ""), ("attempt", "1"),
            ("delivery_id", String(id)), ("is_test", "0"),
            ("params.number", number), ("params.word", noNumber), ("revenue:minor", ""), ("clicked_at:yyyy", ""),
        ]
        macros = plain + moment.macros + amount.macros
        (self.moment, self.amount) = (moment, amount)
    }

    func value(_ name: String) -> JSON { .string(macros.first { $0.name == name }?.value ?? "") }

    var conversion: JSON {
        [
            "offer": ["id": value("offer_id"), "name": value("offer_name")],
            "affiliate": ["id": "a", "name": value("affiliate_name")], "goal": ["id": "g", "name": value("goal_name")],
            "clickId": value("click_id"), "transactionId": value("transaction_id"),
            "statusReason": value("status_reason"), "userAgent": value("user_agent"), "payout": value("payout"),
            "occurredAt": .string(moment.text), "saleAmount": .string(amount.text),
            "currency": .string(amount.currency),
            "params": [
                "sub1": value("sub1"), "sub10": value("sub10"), "a": value("params.a"), "B-1.c": value("params.B-1.c"),
                "number": value("params.number"), "word": value("params.word"),
                "large": .string(large),
            ],
        ]
    }
}

/// A time, and its text in several patterns.
struct RandomMoment {
    /// By RFC 3339.
    let text: String
    let macros: [(name: String, value: String)]

    init(_ random: inout SeededRandom) {
        func digits(_ range: ClosedRange<Int>, _ width: Int) -> String {
            let digits = String(Int.random(in: range, using: &random))
            return String(repeating: "0", count: width - digits.count) + digits
        }
        // No number in JSON begins with a zero.
        let (year, month, day) = (digits(1000...9999, 4), digits(1...12, 2), digits(1...28, 2))
        let (hour, minute, second) = (digits(0...23, 2), digits(0...59, 2), digits(0...59, 2))
        let millisecond = digits(0...999, 3)
        text = "\(year)-\(month)-\(day)T\(hour):\(minute):\(second).\(millisecond)Z"
        macros = [
            ("occurred_at:yyyy-MM-dd HH:mm:ss", "\(year)-\(month)-\(day) \(hour):\(minute):\(second)"),
            ("occurred_at:yyyyMMddHHmmssSSS", year + month + day + hour + minute + second + millisecond),
            ("occurred_at:dd/MM/yyyyTHH:mmZ", "\(day)/\(month)/\(year)T\(hour):\(minute)Z"),
            ("occurred_at:yyyy", year),
        ]
    }
}

/// An amount of money, and its text in minor units and with fewer decimals.
struct RandomAmount {
    let text: String
    let currency: String
    let macros: [(name: String, value: String)]

    init(_ random: inout SeededRandom) {
        let thousandths = Int.random(in: -2_000_000...2_000_000, using: &random)
        func decimal(_ units: Int, _ decimals: Int) -> String {
            let digits = String(abs(units))
            let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
            let point = decimals == 0 ? "" : "." + padded.suffix(decimals)
            return (units < 0 ? "-" : "") + padded.dropLast(decimals) + point
        }
        /// Half away from zero.
        func divided(by divisor: Int) -> Int {
            let magnitude = (abs(thousandths) + divisor / 2) / divisor
            return thousandths < 0 ? -magnitude : magnitude
        }
        text = decimal(thousandths, 3)
        let (code, minor) = random.pick([
            ("EUR", divided(by: 10)), ("XYZ1", divided(by: 10)), ("jpy", divided(by: 1000)), ("KWD", thousandths),
            ("UYW", thousandths * 10),
        ])
        currency = code
        macros = [
            ("sale_amount", text), ("sale_amount:minor", String(minor)),
            ("sale_amount:fixed=2", decimal(divided(by: 10), 2)), ("sale_amount:fixed=0", String(divided(by: 1000))),
            ("sale_amount:fixed=5", text + "00"),
        ]
    }
}
