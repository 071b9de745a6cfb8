import HTTP
import System
import TestSupport
import TestThreads
import Testing

/// Tests the signature of AWS with a server that computes it by itself.
@Suite(.ownThreads) struct HTTPClientSignatureTests {
    @Test func `a request is signed with its headers and its body, and so is the next one over the same connection`()
        throws
    {
        let child = try ChildProcess(
            try Python.interpreter(),
            [
                "\(FileSystem.parent(of: #filePath))/verify_signature.py", "AKIDEXAMPLE", "secret/+key", "eu-west-1",
                "lambda",
            ], environment: Python.environment, input: .pipe, output: .pipe)
        defer {
            child.input = nil
            _ = try? child.wait()
        }
        var line: [UInt8] = []
        while line.last != 0x0A, case .bytes(let bytes)? = try child.output?.read(upTo: 64) { line += bytes }
        let port = try #require(Int(String(decoding: line.dropLast(), as: UTF8.self)))
        let client = try HTTPClient.make()

        func send(secret: String = "secret/+key", body: String) -> HTTPResponse? {
            client.start(
                HTTPRequest(
                    method: "POST", url: "http://127.0.0.1:\(port)/function/x",
                    headers: [
                        ("Accept", "application/json"), ("Content-Type", "application/json"),
                        ("User-Agent", "postbacks/1"), ("X-Amz-Security-Token", "session+token=="),
                    ], body: Array(body.utf8),
                    signature: HTTPRequest.Signature(
                        accessKey: "AKIDEXAMPLE", secretKey: secret, region: "eu-west-1", service: "lambda")), id: 1)
            while true {
                if let first = client.turn(atMost: .seconds(1)).completions.first { return try? first.result.get() }
            }
        }
        for body in [#"{"deliveryId":1}"#, "", String(repeating: "ä", count: 100_000)] {
            let response = try #require(send(body: body))
            #expect(response.status == 200, "\(String(decoding: response.body, as: UTF8.self))")
        }
        #expect(send(secret: "wrong", body: "{}")?.status == 403)
        #expect(send(body: "{}")?.status == 200)
    }
}
