import Foundation
import HTTP
import TestThreads
import Testing

/// Tests which certificates the client trusts, against OpenSSL's server.
@Suite(.ownThreads, .enabled(if: TLSServer.isPossible))
struct HTTPClientTLSTests {
    @Test func `a certificate that is vouched for is believed`() throws {
        let server = try TLSServer(names: "IP:127.0.0.1")
        let client = try HTTPClient.make(trusting: server.certificate)
        let completion = client.send(HTTPRequest(url: "https://127.0.0.1:\(server.port)/"))
        #expect(completion.response?.status == 200, "\(completion)")
        #expect(completion.timing.tlsMs > 0)
    }

    @Test func `a certificate that nobody vouches for is a TLS failure`() throws {
        let server = try TLSServer(names: "IP:127.0.0.1")
        let completion = try HTTPClient.make().send(HTTPRequest(url: "https://127.0.0.1:\(server.port)/"))
        #expect(completion.failure?.kind == .tls, "\(completion)")
    }

    @Test func `a certificate of another host is a TLS failure`() throws {
        let server = try TLSServer(names: "DNS:example.com")
        let client = try HTTPClient.make(trusting: server.certificate)
        let completion = client.send(HTTPRequest(url: "https://127.0.0.1:\(server.port)/"))
        #expect(completion.failure?.kind == .tls, "\(completion)")
    }
}

/// `openssl s_server` with a self-signed certificate; it ends with the last reference to this object.
final class TLSServer {
    private static let program = "/usr/bin/openssl"
    static var isPossible: Bool { FileManager.default.isExecutableFile(atPath: program) }

    let port: Int
    let certificate: String
    private let folder: URL
    private let process = Process()

    struct NotStarted: Error {
        let output: String
    }

    init(names: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "postbacks-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificate = folder.appending(path: "certificate.pem").path()
        let key = folder.appending(path: "key.pem").path()
        let maker = Process()
        maker.executableURL = URL(filePath: Self.program)
        maker.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj",
            "/CN=postbacks test", "-addext", "subjectAltName=\(names)", "-keyout", key, "-out", certificate,
        ]
        maker.standardError = FileHandle.nullDevice
        try maker.run()
        maker.waitUntilExit()
        let output = Pipe()
        process.executableURL = URL(filePath: Self.program)
        process.arguments = ["s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate, "-key", key]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // ACCEPT 127.0.0.1:40001 PID=…
        var text = ""
        while !text.contains("ACCEPT") || !text.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { break }
            text += String(decoding: data, as: UTF8.self)
        }
        let address = text.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("127.0.0.1:") }
        guard let address, let port = Int(address.dropFirst(10)) else {
            kill(process.processIdentifier, SIGKILL)
            throw NotStarted(output: text)
        }
        self.port = port
    }

    deinit {
        // It may have inherited a mask that blocks the other signal.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}
