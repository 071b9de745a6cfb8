import System
import TestSupport

/// A certificate authority and the certificates that it has issued, made with the program `openssl`.
package final class Certificates: Sendable {
    private let folder: TemporaryFolder

    /// The paths of the PEM files of a certificate and its key.
    package struct Pair: Sendable {
        package let certificate: String
        package let key: String
    }

    package enum Kind: String, CaseIterable, Sendable {
        /// Issued by the authority for 127.0.0.1.
        case good
        /// Like `good`, but expired yesterday.
        case expired
        case wrongHost
        case selfSigned
    }

    /// Whether the program `openssl` is installed.
    package static let isPossible = Executable.find("openssl") != nil

    package init() throws {
        folder = try TemporaryFolder()
        try openssl(
            // Each authority has a name of its own, because OpenSSL stops its search at the first one with the same
            // name.
            [
                "req", "-x509", "-days", "2", "-subj", "/CN=authority \(folder.path.suffix(6))", "-keyout",
                key("authority"),
            ] + newKey
                + ["-addext", "basicConstraints=critical,CA:TRUE", "-out", path("authority")])
    }

    /// The path of the authority's certificate, to be trusted.
    package var authority: String { path("authority") }

    /// Makes a folder with the authority that is laid out like Debian's /etc/ssl/certs.
    package func makeSystemFolder() throws -> String {
        let system = "\(folder.path)/system"
        try FileSystem.makeFolder(system)
        let text = String(decoding: try FileSystem.read(authority), as: UTF8.self)
        try FileSystem.write(text, to: "\(system)/authority.pem")
        try openssl(["rehash", system])
        try FileSystem.write(text, to: "\(system)/ca-certificates.crt")
        return system
    }

    package func make(_ kind: Kind) throws -> Pair {
        let pair = Pair(certificate: path(kind.rawValue), key: key(kind.rawValue))
        let names = kind == .wrongHost ? "subjectAltName=DNS:elsewhere.test" : "subjectAltName=IP:127.0.0.1"
        if kind == .selfSigned {
            try openssl(
                ["req", "-x509", "-days", "2", "-subj", "/CN=nobody", "-addext", names, "-keyout", pair.key] + newKey
                    + ["-out", pair.certificate])
            return pair
        }
        let request = "\(folder.path)/\(kind.rawValue).request"
        let extensions = "\(folder.path)/\(kind.rawValue).extensions"
        try FileSystem.write("\(names)\n", to: extensions)
        try openssl(["req", "-subj", "/CN=a receiver", "-keyout", pair.key] + newKey + ["-out", request])
        try openssl([
            "x509", "-req", "-in", request, "-CA", authority, "-CAkey", key("authority"), "-CAcreateserial", "-extfile",
            extensions, "-days", kind == .expired ? "-1" : "2", "-out", pair.certificate,
        ])
        return pair
    }

    private let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    private func path(_ name: String) -> String { "\(folder.path)/\(name).pem" }
    private func key(_ name: String) -> String { "\(folder.path)/\(name).key" }

    private func openssl(_ arguments: [String]) throws {
        guard let program = Executable.find("openssl") else { throw DidNotHappen(description: "openssl is not there") }
        let outcome = try ChildProcess.run(program, arguments, timeout: .seconds(60))
        guard outcome.status == .exited(0) else {
            throw DidNotHappen(description: "openssl \(arguments[0]): \(outcome.errorText)")
        }
    }
}
