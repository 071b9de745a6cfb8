import Domain
import Input
import Testing

@Suite struct MacroTests {
    @Test func `every name of the contract is known`() throws {
        let names =
            "conversion_id event_id event_sequence delivery_id attempt click_id transaction_id affiliate_id affiliate_name offer_id offer_name goal_id goal_name status previous_status status_reason payout revenue sale_amount currency ip country user_agent clicked_at occurred_at status_at timestamp random is_test"
        #expect(MacroName.allCases.map(\.rawValue) == names.split(separator: " ").map(String.init))
        for number in 1...10 { #expect(try Macro(parsing: "sub\(number)") == Macro(parsing: "params.sub\(number)")) }
    }

    @Test(arguments: [
        ("clik_id", #"has no macro "clik_id"; did you mean "click_id"?"#),
        ("clickId", #"has no macro "clickId"; did you mean "click_id"?"#),
        ("sub11", #"has no macro "sub11"; beyond sub10 write "params.sub11""#),
        ("", #"has no macro """#), ("zzzzzzzz", #"has no macro "zzzzzzzz""#),
        ("params.", "has a param name that is not 1 to 64 of A-Z a-z 0-9 _ . -"),
        ("params.a b", "has a param name that is not 1 to 64 of A-Z a-z 0-9 _ . -"),
    ])
    func `an unknown macro is refused with the nearest name`(name: String, message: String) {
        #expect(throws: Invalid(message)) { try Macro(parsing: name) }
    }
}
