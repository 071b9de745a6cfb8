/// The calls of functions with their fixtures that the demo makes, and the requests that must reach the receiver after
/// each.
struct DemoStory {
    struct Step {
        let title: String
        /// The function and its fixture, e.g. `("recordConversion", "success")`.
        let function: String
        let fixture: String
        /// `METHOD /path` of the requests that must arrive, and no others.
        var requests: [String] = []
        /// Text that the answer must contain.
        var answer: [String] = []
    }

    private static let pending = "GET /ada/pending"
    private static let done = "POST /ada/done"
    private static let rejected = "POST /ada/rejected"

    static let steps = [
        Step(
            title: "An offer with goals", function: "configureOffer", fixture: "success",
            answer: [#""goalsEnabled":true"#]),
        Step(title: "An affiliate", function: "configureAffiliate", fixture: "success", answer: [#""id":"ada""#]),
        Step(
            title: "Ada's postback on Pending, for every goal: GET", function: "createPostback", fixture: "success",
            answer: [#""conversionStatus":"pending""#, #""goal":null"#]),
        Step(
            title: "Ada's postback on Done, for the goal \"deposit\" alone: POST(FORM), basic auth",
            function: "createPostback",
            fixture: "success-form", answer: [#""goalApplies":true"#, #""password":"***""#]),
        Step(
            title: "Ada's postback on Rejected: POST(JSON), its own headers", function: "createPostback",
            fixture: "success-json", answer: [#""conversionStatus":"rejected""#, #""X-Api-Key":"***""#]),
        Step(
            title: "A deposit is recorded: it is Pending, so the GET is sent", function: "recordConversion",
            fixture: "success",
            requests: [pending], answer: [#""duplicate":false"#]),
        Step(
            title: "The same deposit again: a repeat fires nothing", function: "recordConversion", fixture: "repeat",
            answer: [#""duplicate":true"#]),
        Step(
            title: "The deposit is Done: the form is sent", function: "updateConversionStatus", fixture: "success",
            requests: [done], answer: [#""changed":true"#]),
        Step(
            title: "Done again: no change fires nothing", function: "updateConversionStatus", fixture: "repeat",
            answer: [#""changed":false"#]),
        Step(
            title: "The deposit is Rejected: the JSON is sent", function: "updateConversionStatus",
            fixture: "rejected", requests: [rejected], answer: [#""previousStatus":"done""#]),
        Step(
            title: "An install is recorded: the GET is for every goal", function: "recordConversion",
            fixture: "other-goal",
            requests: [pending], answer: [#""duplicate":false"#]),
        Step(
            title: "The install is Done: the form is for deposits, so nothing is sent",
            function: "updateConversionStatus",
            fixture: "other-goal-done", answer: [#""changed":true"#, #""deliveries":[]"#]),
        Step(
            title: "Goals are turned off", function: "configureOffer", fixture: "turn-goals-off",
            answer: [#""goalsEnabled":false"#]),
        Step(
            title: "The install is Rejected: the JSON is sent", function: "updateConversionStatus",
            fixture: "other-goal-rejected", requests: [rejected], answer: [#""changed":true"#]),
        Step(
            title: "The install is Done: goals are off, so the form is sent",
            function: "updateConversionStatus", fixture: "other-goal-done", requests: [done],
            answer: [#""changed":true"#]),
        Step(
            title: "Goals are turned on again", function: "configureOffer", fixture: "turn-goals-on",
            answer: [#""goalsEnabled":true"#]),
        Step(
            title: "The install is Rejected: the JSON is sent", function: "updateConversionStatus",
            fixture: "other-goal-rejected", requests: [rejected], answer: [#""changed":true"#]),
        Step(
            title: "The install is Done: the goal counts again, so nothing is sent",
            function: "updateConversionStatus", fixture: "other-goal-done",
            answer: [#""changed":true"#, #""deliveries":[]"#]),
    ]
}
