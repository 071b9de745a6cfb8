import Glibc
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests `postbacks lambda-bootstrap` under AWS' own emulator of Lambda, which `./Tests/run` takes out of PyPI's
/// aws-sam-cli.
@Suite(.ownThreads) struct EmulatorTests {
    @Test func `the emulator passes on calls and their answers`() throws {
        let installation = try Installation.make()
        try installation.configure()
        let emulator = try LambdaEmulator(
            command: [Programs.path("postbacks"), "lambda-bootstrap", "recordConversion"],
            environment: installation.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 })
        let conversion: JSON = ["offerId": "o", "affiliateId": "a", "transactionId": "t1", "payout": "12.30"]
        #expect(try emulator.call(conversion.encodedText).at("conversion.payout") == "12.30")
        #expect(try emulator.call(conversion.encodedText)["duplicate"] == true)
        #expect(try emulator.call("no JSON").at("error.code") == "invalid_json")
        let messages: JSON = [
            "Records": [
                [
                    "messageId": "m1", "eventSource": "aws:sqs", "body": .string(conversion.encodedText),
                    "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:conversions",
                ]
            ]
        ]
        #expect(try emulator.call(messages.encodedText) == ["batchItemFailures": []])
    }

    @Test func `the emulator tells its caller of a failure`() throws {
        let emulator = try LambdaEmulator(
            command: [Programs.path("postbacks"), "lambda-bootstrap", "recordConversion"],
            environment: [
                "POSTBACKS_FUNCTIONS": Programs.folder, "DATABASE_URL": "postgresql://user@127.0.0.1:1/none",
            ])
        #expect(
            try emulator.call("{\"offerId\":\"o\",\"affiliateId\":\"a\",\"clickId\":\"c\"}")["errorType"]
                == "Function.Unavailable")
    }
}
