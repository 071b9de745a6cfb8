import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests R7 where commits wait for a synchronous standby: nothing counts as stored before the standby has it.
@Suite(.ownThreads) struct UnconfirmedCommitTests {
    /// Starts the call, and cancels the wait of its commit.
    private func cancel(_ function: String, _ input: JSON, on primary: PrimaryWithoutStandby) throws {
        let child = try primary.installation.start(function, input)
        try primary.cancelCommit(of: function)
        let answer = try child.answer
        #expect(answer.at("error.code") == "unavailable", "\(answer.encodedText)")
        #expect(answer.at("error.message")?.text?.contains("standby") == true, "\(answer.encodedText)")
        #expect(try child.wait() == .exited(75))
    }

    @Test
    func `R7: a recording whose standby has not confirmed it is unavailable, and its repeat waits for the standby`()
        throws
    {
        let primary = try PrimaryWithoutStandby()
        let installation = primary.installation
        try installation.configure()
        try primary.awaitStandby()
        let input = Installation.conversion(["transactionId": "t"])
        try cancel("recordConversion", input, on: primary)
        // The primary has it, and the standby does not: a repeat may not be answered as a duplicate yet.
        #expect(try installation.count("conversions") == 1)
        try cancel("recordConversion", input, on: primary)
        let child = try installation.start("recordConversion", input)
        try primary.waitForCommit(of: "recordConversion")
        try primary.endWaiting()
        #expect(try child.answer["duplicate"] == true)
        #expect(try child.wait() == .exited(0))
        #expect(try installation.count("conversions") == 1)
    }

    @Test func `R7: a status update whose standby has not confirmed it is unavailable, and its repeat waits for it`()
        throws
    {
        let primary = try PrimaryWithoutStandby()
        let installation = primary.installation
        try installation.configure()
        try installation.record(["transactionId": "t"])
        try primary.awaitStandby()
        let input: JSON = ["offerId": "o", "transactionId": "t", "status": "done"]
        try cancel("updateConversionStatus", input, on: primary)
        try cancel("updateConversionStatus", input, on: primary)
        try primary.endWaiting()
        #expect(try installation.update(input)["changed"] == false)
        #expect(try installation.count("events") == 2)
    }

    @Test func `a creation whose standby has not confirmed it is unavailable, and its repeat waits for the standby`()
        throws
    {
        let primary = try PrimaryWithoutStandby()
        let installation = primary.installation
        try installation.configure()
        try primary.awaitStandby()
        let input = Installation.postback(["idempotencyKey": "k"])
        try cancel("createPostback", input, on: primary)
        try cancel("createPostback", input, on: primary)
        try primary.endWaiting()
        _ = try installation.ask("createPostback", input)
        #expect(try installation.count("postbacks") == 1)
    }
}
