import Adapters
import Testing

struct CGITests {
    private func cgi(_ variables: [String: String] = [:]) throws -> CGI {
        let usual = ["GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "POST"]
        return try #require(CGI(environment: usual.merging(variables) { $1 }))
    }

    @Test func `only a web server's environment selects it`() {
        #expect(CGI(environment: ["REQUEST_METHOD": "POST"]) == nil)
        #expect(CGI(environment: ["GATEWAY_INTERFACE": "FastCGI"]) == nil)
    }

    @Test func `the body is as long as CONTENT_LENGTH says, and there is none without it`() throws {
        #expect(try cgi(["CONTENT_LENGTH": "17"]).bodyLength() == 17)
        #expect(try cgi().bodyLength() == 0)
        #expect(try cgi(["CONTENT_LENGTH": ""]).bodyLength() == 0)
    }

    @Test(arguments: ["-1", "1e3", "+5", "99999999999999999999", "5 "])
    func `a CONTENT_LENGTH that is no number is refused`(length: String) throws {
        let cgi = try cgi(["CONTENT_LENGTH": length])
        #expect(throws: UnusableCall.self) { try cgi.bodyLength() }
    }

    @Test(arguments: ["GET", "HEAD", "PUT", ""])
    func `another method than POST is answered without a call`(method: String) throws {
        let answer = try #require(try cgi(["REQUEST_METHOD": method]).refusal).text
        #expect(
            answer.hasPrefix("Status: 405 Method Not Allowed\r\nContent-Type: application/json\r\nAllow: POST\r\n\r\n"))
        #expect(answer.contains("called with POST") == (method != "HEAD"))
        #expect(try cgi().refusal == nil)
    }

    @Test(
        arguments: [
            (0, "200 OK"), (65, "400 Bad Request"), (66, "422 Unprocessable Content"),
            (67, "422 Unprocessable Content"),
            (70, "500 Internal Server Error"), (75, "503 Service Unavailable"), (78, "500 Internal Server Error"),
        ] as [(Int32, String)])
    func `the exit status becomes a status, and only an unavailable function is to be called again`(
        exitStatus: Int32, status: String
    ) throws {
        let answer = try cgi().answer(FunctionAnswer(exitStatus: exitStatus, object: [UInt8](#"{"a":1}"#))).text
        let retry = exitStatus == 75 ? "Retry-After: 1\r\n" : ""
        #expect(answer == "Status: \(status)\r\nContent-Type: application/json\r\n\(retry)\r\n{\"a\":1}\n")
    }
}
