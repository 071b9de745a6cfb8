import HTTP
import JSON
import TestSupport
import Testing

@testable import postbacks_remote

/// Tests the meaning of a platform's answers: which come from deliverPostback, and after which the request may have
/// been sent.
struct PlatformVerdictTests {
    private func line(_ status: Int, _ body: String, isTruncated: Bool = false) throws -> JSON {
        let call = try RemoteCall(Array(#"{"id":"7/1/1","input":{"deliveryId":7,"attempt":1}}"#.utf8))
        let response = HTTPResponse(status: status, body: Array(body.utf8), isTruncated: isTruncated)
        let verdict = PlatformVerdict(HTTPCompletion(id: 1, result: .success(response), isSent: true), of: call)
        let line = verdict.line(for: call)
        #expect(line.last == 0x0A && line.filter { $0 == 0x0A }.count == 1)
        return try JSON(parsing: line)
    }

    private func failure(_ kind: HTTPFailure.Kind, isSent: Bool) throws -> JSON {
        let call = try RemoteCall(Array(#"{"id":7,"input":{}}"#.utf8))
        let result = Result<HTTPResponse, HTTPFailure>.failure(HTTPFailure(kind: kind, message: "words"))
        let verdict = PlatformVerdict(HTTPCompletion(id: 1, result: result, isSent: isSent), of: call)
        return try JSON(parsing: verdict.line(for: call))
    }

    private static let output = #"{"deliveryId":7,"attempt":1,"outcome":"delivered","n":1.50}"#

    @Test func `the function's output is passed on as it is, in one line`() throws {
        #expect(try line(200, Self.output)["output"] == JSON(parsing: Array(Self.output.utf8)))
        let spaced = "{\n \"deliveryId\": 7,\r\n\"attempt\":1, \"outcome\":\"retry\"}\n"
        #expect(try line(200, spaced).at("output.attempt") == 1)
    }

    @Test(arguments: [
        #"{"deliveryId":8,"attempt":1,"outcome":"delivered"}"#, #"{"deliveryId":7,"attempt":2,"outcome":"delivered"}"#,
        #"{"deliveryId":7,"attempt":1,"outcome":"unknown"}"#, #"{"deliveryId":7,"attempt":1}"#, "[]", "", "<html>",
        #"{"deliveryId":7,"deliveryId":7,"attempt":1,"outcome":"delivered"}"#, #"{"error":{"code":"unavailable"}}"#,
        #"{"error":{"code":"no such","message":"m","retryable":true}}"#,
    ])
    func `text that deliverPostback did not write for this call is not its answer`(body: String) throws {
        let answer = try line(200, body)
        #expect(answer.at("error.code") == "internal")
        #expect(answer.at("error.details.0.field") == "platform" && answer.at("error.details.0.message") == "not_ours")
    }

    @Test func `an answer that was cut off is none`() throws {
        #expect(try line(200, Self.output, isTruncated: true).at("error.code") == "internal")
    }

    @Test func `the function's own error is passed on, whatever the status`() throws {
        let text = #"{"error":{"code":"unavailable","message":"no port","retryable":true,"details":[]}}"#
        let error = try JSON(parsing: Array(text.utf8))["error"]
        for status in [200, 500, 503] {
            #expect(try line(status, text)["error"] == error, "\(status)")
        }
    }

    @Test(arguments: [
        (429, "unavailable"), (503, "unavailable"), (401, "misconfigured"), (403, "misconfigured"),
        (404, "misconfigured"), (302, "misconfigured"), (413, "misconfigured"), (500, "internal"), (502, "internal"),
        (504, "internal"), (400, "internal"), (204, "internal"),
    ])
    func `a status says whether the receiver may have got the request`(status: Int, code: String) throws {
        let answer = try line(status, "upstream")
        #expect(answer["id"] == "7/1/1" && answer.at("error.code")?.text == code)
        #expect(answer.at("error.details.0.message")?.text == (status == 204 ? "not_ours" : "\(status)"))
    }

    @Test func `a call that was not sent, one that was, and a fault of this machine`() throws {
        for kind in [HTTPFailure.Kind.dns, .connect, .tls, .timeout, .protocol] {
            #expect(try failure(kind, isSent: false).at("error.code") == "unavailable", "\(kind)")
            #expect(try failure(kind, isSent: true).at("error.code") == "internal", "\(kind)")
        }
        #expect(try failure(.connect, isSent: false).at("error.details.0.message") == "connect")
        for (kind, code) in [(HTTPFailure.Kind.unavailableHere, "unavailable"), (.misconfiguredHere, "misconfigured")] {
            let answer = try failure(kind, isSent: false)
            #expect(answer.at("error.code")?.text == code && answer.at("error.details")?.items.isEmpty == true)
        }
    }

    @Test func `a line that is no call is answered with its id`() throws {
        for line in [#"{"id":7}"#, #"{"id":7,"input":[]}"#, #"{"id":7,"input":{},"more":1}"#] {
            do {
                _ = try RemoteCall(Array(line.utf8))
                Issue.record("\(line) is no call")
            } catch {
                let answer = try JSON(parsing: error.line)
                #expect(answer["id"] == 7 && answer.at("error.code") == "invalid_json", "\(line)")
            }
        }
    }
}
