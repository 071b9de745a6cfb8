import Configuration
import Input
import System
import Testing

@testable import postbacks_remote

/// Tests which of several URLs a call goes to.
struct EndpointsTests {
    private let start = Instant.now

    private func endpoints() throws -> Endpoints {
        Endpoints(try ["http://one/", "http://two/", "http://three/"].map { try RemoteFunction(parsing: $0) })
    }

    @Test func `each call goes to the endpoint with the fewest calls under way`() throws {
        var endpoints = try endpoints()
        #expect((0..<4).map { _ in endpoints.choose(now: start).index } == [0, 1, 2, 0])
        endpoints.ended(1, isFailure: false, now: start)
        #expect(endpoints.choose(now: start).index == 1)
    }

    @Test func `one that fails rests for longer each time, and all failures of one moment count once`() throws {
        var endpoints = try endpoints()
        for _ in 0..<6 { _ = endpoints.choose(now: start) }
        endpoints.ended(0, isFailure: true, now: start)
        endpoints.ended(0, isFailure: true, now: start)
        #expect((0..<3).allSatisfy { _ in endpoints.choose(now: start).index != 0 })
        let later = start + .milliseconds(251)
        #expect(endpoints.choose(now: later).index == 0)
        endpoints.ended(0, isFailure: true, now: later)
        #expect(endpoints.choose(now: later + .milliseconds(499)).index != 0)
        #expect(endpoints.choose(now: later + .milliseconds(501)).index == 0)
        endpoints.ended(0, isFailure: false, now: later + .milliseconds(502))
        #expect(endpoints.choose(now: later + .milliseconds(502)).index == 0)
    }

    @Test func `while all rest the one is tried whose rest ends first`() throws {
        var endpoints = try endpoints()
        for index in [2, 0, 1] {
            _ = endpoints.choose(now: start)
            endpoints.ended(index, isFailure: true, now: start + .milliseconds(index == 2 ? 0 : 10))
        }
        #expect(endpoints.choose(now: start + .milliseconds(20)).index == 2)
    }

    @Test func `the region of a Lambda function is that of its URL`() throws {
        let lambda = try RemoteFunction(parsing: "https://abc.lambda-url.eu-west-1.on.aws/")
        #expect(lambda.lambdaRegion == "eu-west-1")
        #expect(try RemoteFunction(parsing: "https://lambda-url.eu-west-1.on.aws/").lambdaRegion == nil)
        #expect(try RemoteFunction(parsing: "https://gateway.example/{x}").url == "https://gateway.example/{x}")
        #expect(throws: Invalid.self) { try RemoteFunction(parsing: "gateway.example") }
    }
}
