import Glibc
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests functions as CGI programs, alone and under three web servers.
@Suite(.ownThreads) struct CGIServersTests {
    private let installation: Installation
    private let folder: TemporaryFolder

    init() throws {
        installation = try Installation.make()
        try installation.configure()
        folder = try TemporaryFolder(mode: 0o755)
    }

    /// What every web server must make of the function's answers. `call` makes a request.
    private func check(_ call: (_ method: String, _ body: String) throws -> HTTPAnswer) throws {
        let input = #"{"offerId":"o","affiliateId":"a","transactionId":"t1","payout":12.30}"#
        let first = try call("POST", input)
        #expect(first.status == 200 && first.headers["content-type"] == "application/json", "\(first.text)")
        #expect(first.json.at("conversion.payout") == "12.30")
        #expect(try call("POST", input).json["duplicate"] == true)
        let invalid = try call("POST", #"{"offerId":5.5}"#)
        #expect(invalid.status == 400 && invalid.code == "invalid_request", "\(invalid.text)")
        #expect(try call("POST", "nonsense").code == "invalid_json")
        let unknown = try call("POST", #"{"offerId":"none","affiliateId":"a","transactionId":"t1"}"#)
        #expect(unknown.status == 422 && unknown.code == "not_found", "\(unknown.text)")
        let read = try call("GET", "")
        #expect(read.status == 405 && read.headers["allow"] == "POST", "\(read.text)")
        let large = #"{"offerId":"o","affiliateId":"a","transactionId":"t2","params":{"a":""#
        #expect(try call("POST", large + String(repeating: "x", count: 200_000) + "\"}}").status < 500)
        #expect(try installation.count("conversions") >= 1)
    }

    @Test func `nginx with fcgiwrap`() throws {
        let variables = installation.environment.map { "fastcgi_param \($0.key) '\($0.value)';" }.sorted()
        let user = User.current.name
        try FileSystem.write(
            """
            daemon off; master_process off; error_log \(folder.path)/error.log; pid \(folder.path)/pid;
            \(User.isRoot ? "user \(user);" : "")
            events {}
            http {
              access_log off; client_body_temp_path \(folder.path)/b; proxy_temp_path \(folder.path)/p;
              fastcgi_temp_path \(folder.path)/f; uwsgi_temp_path \(folder.path)/u; scgi_temp_path \(folder.path)/s;
              server {
                listen unix:\(folder.path)/http;
                location / {
                  fastcgi_pass unix:\(folder.path)/fcgi;
                  fastcgi_param GATEWAY_INTERFACE CGI/1.1;
                  fastcgi_param REQUEST_METHOD $request_method;
                  fastcgi_param CONTENT_LENGTH $content_length;
                  fastcgi_param QUERY_STRING $query_string;
                  fastcgi_param SCRIPT_FILENAME \(Programs.path("recordConversion"));
                  \(variables.joined(separator: "\n          "))
                }
              }
            }
            """, to: "\(folder.path)/nginx.conf")
        let wrap = try RunningServer(
            "fcgiwrap", in: folder, arguments: ["-s", "unix:\(folder.path)/fcgi", "-c", "2"]
        ) { (try? Descriptor.connect(toSocket: "\($0)/fcgi")) != nil }
        let nginx = try RunningServer(
            "nginx", in: folder, arguments: ["-c", "\(folder.path)/nginx.conf", "-p", folder.path]
        ) { (try? Descriptor.connect(toSocket: "\($0)/http")) != nil }
        try check { method, body in
            try HTTPTestConnection(socketPath: "\(folder.path)/http").exchange(method, "/?--version", body: body)
        }
        withExtendedLifetime((wrap, nginx)) {}
    }

    @Test func `lighttpd`() throws {
        let variables = installation.environment.map { "\"\($0.key)\" => \"\($0.value)\"" }.sorted()
        let modules = "\(PlatformPrograms.folder)/usr/lib/lighttpd"
        try FileSystem.write(
            """
            server.document-root = "\(folder.path)"
            server.bind = "\(folder.path)/http"
            server.upload-dirs = ( "\(folder.path)" )
            server.modules = ( "mod_alias", "mod_setenv", "mod_cgi" )
            alias.url = ( "/" => "\(Programs.path("recordConversion"))" )
            cgi.assign = ( "recordConversion" => "" )
            setenv.set-environment = ( \(variables.joined(separator: ", ")) )
            """, to: "\(folder.path)/lighttpd.conf")
        let folders = FileSystem.kind(of: modules) == nil ? [] : ["-m", modules]
        let server = try RunningServer(
            "lighttpd", in: folder, arguments: ["-D", "-f", "\(folder.path)/lighttpd.conf"] + folders
        ) { (try? Descriptor.connect(toSocket: "\($0)/http")) != nil }
        try check { method, body in
            try HTTPTestConnection(socketPath: "\(folder.path)/http").exchange(method, "/", body: body)
        }
        withExtendedLifetime(server) {}
    }

    /// As a super-server would start it, a process for each connection: it can then be told to use no port.
    @Test func `busybox httpd`() throws {
        try FileSystem.makeFolder("\(folder.path)/cgi-bin")
        try FileSystem.makeLink(at: "\(folder.path)/cgi-bin/record", to: Programs.path("recordConversion"))
        try check { method, body in
            let head = "\(method) /cgi-bin/record HTTP/1.0\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            let outcome = try ChildProcess.run(
                try PlatformPrograms.find("busybox"), ["httpd", "-i", "-h", folder.path],
                environment: PlatformPrograms.environment(installation.environment), input: Array((head + body).utf8),
                timeout: .seconds(60))
            return try HTTPAnswer(whole: outcome.output)
        }
    }

    private func run(_ variables: [String: String], _ input: String, arguments: [String] = []) throws -> (
        outcome: ChildProcess.Outcome, answer: HTTPAnswer
    ) {
        let usual = ["GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "POST", "CONTENT_LENGTH": "\(input.utf8.count)"]
        let outcome = try Programs.run(
            "configureAffiliate", arguments, input: input,
            environment: installation.environment.merging(usual) { $1 }.merging(variables) { $1 })
        let head = Array("HTTP/1.0 ".utf8) + outcome.output.dropFirst("Status: ".utf8.count)
        return (outcome, try HTTPAnswer(whole: head))
    }

    @Test func `only as much is read as CONTENT_LENGTH says, and the input need not end`() throws {
        let (outcome, answer) = try run(["CONTENT_LENGTH": "21"], #"{"affiliateId":"ada"}more of a kept connection"#)
        #expect(outcome.status == .exited(0))
        #expect(answer.status == 200 && answer.json.at("affiliate.id") == "ada", "\(answer.text)")
        let child = try ChildProcess(
            Programs.path("configureAffiliate"),
            environment: Programs.environment(
                installation.environment.merging([
                    "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "POST", "CONTENT_LENGTH": "21",
                ]) { $1 }), input: .pipe, output: .pipe)
        try child.input?.writeAll(Array(#"{"affiliateId":"ada"}"#.utf8))
        // Its input stays open.
        defer {
            child.terminate(SIGKILL)
            _ = try? child.wait()
        }
        try waitUntil("it ends") { try child.poll() == .exited(0) }
    }

    @Test func `a database that is away is a 503 with Retry-After, a setting that is wrong a 500, and the exit is 0`()
        throws
    {
        let away = try run(["DATABASE_URL": "host=127.0.0.1 port=1 dbname=x user=u"], #"{"affiliateId":"ada"}"#)
        #expect(away.outcome.status == .exited(0))
        #expect(away.answer.status == 503 && away.answer.headers["retry-after"] == "1", "\(away.answer.text)")
        let wrong = try run(["LOG_LEVEL": "loud"], #"{"affiliateId":"ada"}"#)
        #expect(wrong.outcome.status == .exited(0) && wrong.answer.status == 500)
        #expect(wrong.answer.code == "misconfigured")
    }

    @Test(arguments: [["--help"], ["--stream"], ["x"]])
    func `words of the query are no arguments`(arguments: [String]) throws {
        let answer = try run([:], #"{"affiliateId":"ada"}"#, arguments: arguments).answer
        #expect(answer.status == 200 && answer.json.at("affiliate.id") == "ada", "\(answer.text)")
    }

    @Test func `an input that is too large is refused`() throws {
        let answer = try run([:], String(repeating: " ", count: 1 << 20) + "{}").answer
        #expect(answer.status == 400 && answer.code == "invalid_json")
        #expect(try run(["CONTENT_LENGTH": "many"], "{}").answer.status == 400)
        #expect(try run(["CONTENT_LENGTH": ""], "{}").answer.status == 400)
    }
}
