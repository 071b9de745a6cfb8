import Domain
import JSON
import Postgres
import Store
import TestSupport
import TestThreads
import Testing

/// Tests listDestinations and configureDestination.
@Suite(.ownThreads) struct DestinationTests {
    /// Three destinations with two, one and no postbacks. The second one is blocked after ten failures.
    private static func make() throws -> Installation {
        let installation = try Installation.withOffer()
        for url in [
            "https://one.example/{status}", "https://one.example/a", "http://two.example:8080/",
            "https://three.example/",
        ] {
            _ = try installation.createPostback(["url": .string(url)])
        }
        try installation.ask("deletePostback", ["postbackId": 4])
        try installation.database.connect().execute(
            script: """
                UPDATE destinations SET failures = 10, blocks = 1, failing_since = now() - interval '1 minute',
                    blocked_until = now() + interval '1 hour'
                WHERE origin = 'http://two.example:8080';
                UPDATE destinations SET blocked_until = now() - interval '1 hour' WHERE origin = 'https://three.example:443'
                """)
        return installation
    }

    @Test func `they are listed with their failures, blocks, limits and postbacks, filtered and page by page`() throws {
        let installation = try Self.make()
        func origins(_ input: JSON) throws -> [String] {
            (try installation.ask("listDestinations", input)["destinations"]?.items ?? []).compactMap {
                $0["destination"]?.text
            }
        }
        let (one, two, three) = ("https://one.example:443", "http://two.example:8080", "https://three.example:443")
        for (input, expected) in [
            ([:], [one, two, three]), (["order": "newest"], [three, two, one]), (["isBlocked": true], [two]),
            (["isBlocked": false], [one, three]), (["destination": "one.example"], [one]),
            (["destination": "https://two.example:8080"], []), (["destination": "http://two.example:8080/x"], [two]),
            (["destination": "one.example", "isBlocked": true], []), (["limit": 2], [one, two]),
        ] as [(JSON, [String])] {
            #expect(try origins(input) == expected, "\(input)")
        }
        let next = try #require(try installation.ask("listDestinations", ["limit": 2])["next"])
        #expect(try origins(["limit": 2, "after": next]) == [three])
        let all = try installation.ask("listDestinations", [:])["destinations"]?.items ?? []
        #expect(all.map { $0["postbacks"] } == [2, 1, 0])
        #expect(
            all.first == [
                "destination": .string(one), "maxInFlight": nil, "blockedUntil": nil, "failures": 0,
                "failingSince": nil, "postbacks": 2,
            ])
        #expect(all[1]["failures"] == 10)
        #expect(
            all[1]["blockedUntil"]?.text?.hasSuffix("Z") == true && all[1]["failingSince"]?.text?.hasSuffix("Z") == true
        )
        // A block that has ended is not shown.
        #expect(all[2]["blockedUntil"] == .null)
    }

    @Test func `a limit is set, kept and cleared, and the pollers' look gives it`() throws {
        let installation = try Self.make()
        let one: JSON = ["destination": "https://ONE.example/"]
        func maximum() throws -> Int? {
            try installation.database.connect().run("SELECT max_in_flight FROM destinations WHERE id = 1").first?
                .integer(
                    "max_in_flight")
        }
        for (changes, expected) in [
            (["maxInFlight": 4], 4), ([:], 4), (["resume": true], 4), (["maxInFlight": nil], nil),
            (["maxInFlight": 4096], 4096),
        ] as [(JSON, Int?)] {
            let answer = try installation.ask("configureDestination", one.merging(changes))
            #expect(answer.at("destination.maxInFlight")?.integer == expected, "\(changes)")
            #expect(answer.at("destination.destination") == "https://one.example:443")
            #expect(try maximum() == expected)
        }
    }

    @Test func `resume ends a block, after which deliveries are claimed; the failures stay counted`() throws {
        let installation = try Self.make()
        try installation.record(["t"])
        #expect(try installation.claim().count == 2)
        let answer = try installation.ask(
            "configureDestination", ["destination": "http://two.example:8080", "resume": true])
        #expect(answer.at("destination.blockedUntil") == .null && answer.at("destination.failures") == 10)
        #expect(try installation.claim().map(\.postback) == [3])
        // A second call changes nothing more.
        #expect(
            try installation.ask("configureDestination", ["destination": "http://two.example:8080", "resume": true])
                == answer)
    }

    @Test func `an invalid destination is refused, and one to which no postback leads is not found`() throws {
        let installation = try Self.make()
        let unknown = try installation.refusal(
            of: "configureDestination", ["destination": "https://nobody.example", "resume": true])
        #expect(unknown.code == "not_found" && unknown.fields == ["destination"])
        #expect(unknown.message.contains("https://nobody.example:443"))
        for (input, words) in [
            (["destination": "one.example"], "must be absolute and begin with http:// or https://"),
            (
                ["destination": "https://one.example/path"],
                "must end behind the host and port, such as https://one.example"
            ),
            (["destination": "https://one.example?x"], "must end behind the host and port"),
            (["destination": "https://one.example:0"], "must have a port from 1 to 65535"),
            (["destination": "https://one.example", "maxInFlight": 0], "from 1 to 4096"),
            (["maxInFlight": 1], "is missing"),
        ] as [(JSON, String)] {
            let refusal = try installation.refusal(of: "configureDestination", input)
            #expect(refusal.code == "invalid_request" && refusal.message.contains(words), "\(refusal.text)")
        }
    }
}
