package import JSON

/// A batch of messages of an SQS queue, and the answer that names those that must come again. The event source needs the
/// function response type `ReportBatchItemFailures`; without it, SQS deletes the whole batch.
package struct LambdaMessages: Equatable, Sendable {
    package struct Message: Equatable, Sendable {
        package let id: String
        /// The function's input.
        package let body: [UInt8]
    }

    package let messages: [Message]
    /// Whether the queue keeps its order (FIFO). After the first message that must come again, no other may be handled.
    package let isOrdered: Bool

    /// - Returns: nil for every other event.
    init?(_ event: JSON) {
        guard case .array(let records)? = event["Records"], let first = records.first,
            records.allSatisfy({ $0["eventSource"] == "aws:sqs" && $0["messageId"]?.text != nil })
        else { return nil }
        messages = records.map { record in
            Message(id: record["messageId"]?.text ?? "", body: Array((record["body"]?.text ?? "").utf8))
        }
        isOrdered = first["eventSourceARN"]?.text?.hasSuffix(".fifo") ?? false
    }

    /// The answer for SQS. `failed` are the messages that must come again; SQS deletes the others.
    package static func answer(failed: [Message]) -> [UInt8] {
        let failures = failed.map { message -> JSON in ["itemIdentifier": .string(message.id)] }
        return (["batchItemFailures": .array(failures)] as JSON).bytes
    }

    /// A batch of one message with an input, as an event source of Lambda sends it.
    package static func event(with input: [UInt8]) -> JSON {
        [
            "Records": [
                [
                    "messageId": "8f7ad8a1-0000-4000-8000-000000000001", "receiptHandle": "AQEBexample",
                    "body": .string(String(decoding: input, as: UTF8.self)),
                    "attributes": [
                        "ApproximateReceiveCount": "1", "SentTimestamp": "1767323045000",
                        "SenderId": "AIDAEXAMPLE", "ApproximateFirstReceiveTimestamp": "1767323045001",
                    ], "messageAttributes": [:], "eventSource": "aws:sqs",
                    "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:postbacks", "awsRegion": "eu-central-1",
                ]
            ]
        ]
    }
}
