import JSON
import TestSupport
import TestThreads
import Testing

/// Tests the answers that the console needs from the gateway besides those of the functions.
@Suite(.ownThreads, .withGateway) struct GatewayConsoleTests {
    private let gateway: RunningGateway

    init() throws {
        gateway = try RunningGateway(try Installation.make(), environment: ["POSTBACKS_RETRY_SCHEDULE": "1,2,3"])
    }

    private func preset(_ input: JSON) throws -> HTTPAnswer {
        try gateway.request("POST", "/console/preset", body: input.bytes)
    }

    @Test func `the session says how many attempts a delivery has at most`() throws {
        let session = try gateway.request("GET", "/console/session").json
        #expect(session["attempts"] == 4 && session["open"] == true)
    }

    @Test func `the catalog has the macros and the presets with their options`() throws {
        let catalog = try gateway.request("GET", "/console/catalog").json
        let macros = catalog["macros"]?.items ?? []
        #expect(macros.first == ["template": "{click_id}", "meaning": "The affiliate's id of the click."])
        let templates = Set(macros.compactMap { $0["template"]?.text })
        #expect(templates.count == macros.count && templates.isSuperset(of: ["{is_test}", "{payout:number}"]))
        let binom = try #require(catalog["presets"]?.items.first { $0["name"] == "binom" })
        #expect(binom["title"] == "Binom")
        #expect(binom["options"]?.items.map { $0["name"] } == ["domain", "path"])
        #expect(binom["options"]?.items.map { $0["isNeeded"] } == [true, false])
    }

    @Test func `a preset fills in the fields of a postback except those of its owner`() throws {
        let filled = try preset([
            "preset": "keitaro", "status": "done", "options": ["domain": "k.example", "key": "a1"],
        ])
        #expect(filled.status == 200 && filled.json["url"] == "https://k.example/a1/postback", "\(filled.text)")
        #expect(filled.json["requestParams"]?["subid"] == "{click_id}" && filled.json["skipWhenEmpty"] == ["click_id"])
        for name in ["offerId", "affiliateId", "conversionStatus"] { #expect(filled.json[name] == nil) }
    }

    @Test func `an option that a preset does not have is refused, and the detail names it`() throws {
        let missing = try preset(["preset": "keitaro", "status": "done", "options": ["key": "a1"]])
        #expect(missing.status == 400)
        #expect(missing.json["error"]?["details"]?.items.map { $0["field"] } == ["domain"], "\(missing.text)")
        let wrong = try preset(["preset": "binom", "status": "done", "options": ["domain": "a b"]])
        #expect(wrong.status == 400)
        #expect(wrong.json["error"]?["details"]?.items.map { $0["field"] } == ["domain"], "\(wrong.text)")
        let refused = try preset(["preset": "voluum", "status": "pending", "options": ["domain": "v.example"]])
        #expect(refused.status == 409 && refused.code == "conflict")
        let unknown = try preset(["preset": "volum", "status": "done", "options": [:]])
        #expect(unknown.status == 404 && unknown.text.contains("voluum"))
        for input: JSON in [
            [:], ["preset": "json", "status": "gone", "options": [:]], ["preset": "json", "status": "done"],
        ] {
            #expect(try preset(input).status == 400, "\(input)")
        }
    }
}
