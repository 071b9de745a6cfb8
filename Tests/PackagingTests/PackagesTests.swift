import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests the packages that are not zips.
@Suite(.ownThreads) struct PackagesTests {
    @Test(.enabled(if: Executable.find("systemd-analyze") != nil, "there is no systemd here"))
    func `systemd accepts the units without a warning`() throws {
        let package = try PackagedFolder(["systemd", "--program", Programs.path("postbacks")])
        let units = package.names.filter { $0.hasPrefix("postbacks-") }
        #expect(
            units == [
                "postbacks-doctor.service", "postbacks-doctor.timer", "postbacks-gateway.service",
                "postbacks-poller.service",
            ])
        let analyze = try #require(Executable.find("systemd-analyze"))
        let outcome = try ChildProcess.run(
            analyze, ["verify", "--man=no"] + units.map { "\(package.path)/\($0)" }, timeout: .seconds(60))
        #expect(outcome.status == .exited(0) && outcome.errorText.isEmpty, "\(outcome.errorText)")
        #expect(FileSystem.ownership(of: "\(package.path)/poller.env")?.mode == 0o600)
    }

    @Test func `each directive of SECURITY's unit is in the units`() throws {
        let text = try Repository.text("SECURITY.md")
        let block = try #require(text.split(separator: "```ini").last?.split(separator: "```").first)
        let package = try PackagedFolder(["systemd"])
        for line in block.split(separator: "\n") {
            let line = line.drop { $0 == " " }
            if line.hasPrefix("[") || line.isEmpty || line.hasPrefix("User=") || line.hasPrefix("ExecStart=") {
                continue
            }
            for unit in ["postbacks-poller.service", "postbacks-gateway.service"] {
                #expect(try package.text(of: unit).contains("\n\(line)\n"), "\(unit): \(line)")
            }
        }
    }

    @Test(.enabled(if: Executable.find("dpkg-deb") != nil, "this is no Debian"))
    func `a Debian package has the programs, belongs to root and is the same each time`() throws {
        let packages = try (0..<2).map { _ in try PackagedFolder(["debian", "deliverPostback"]) }
        let name = try #require(packages[0].names.first)
        #expect(packages[0].names == [name] && name.hasSuffix(".deb"))
        #expect(try packages[0].bytes(name) == packages[1].bytes(name))
        let dpkg = try #require(Executable.find("dpkg-deb"))
        let contents = try ChildProcess.run(dpkg, ["--contents", "\(packages[0].path)/\(name)"]).text
        for line in [
            "-rwxr-xr-x root/root ./usr/lib/postbacks/deliverPostback",
            "-rw------- root/root ./etc/postbacks/poller.env",
            "lrwxrwxrwx root/root ./usr/bin/postbacks -> ../lib/postbacks/postbacks",
        ] {
            let words = line.split(separator: " ")
            #expect(
                contents.split(separator: "\n").contains { entry in
                    let parts = entry.split(separator: " ")
                    return parts.prefix(2) == words.prefix(2) && parts.dropFirst(5) == words.dropFirst(2)
                }, "\(line) is not in \(contents)")
        }
        let control = try ChildProcess.run(dpkg, ["--field", "\(packages[0].path)/\(name)", "Depends"]).text
        for package in ["ca-certificates", "libc6 (>= ", "libcurl4, ", "libpq5, "] {
            #expect(control.contains(package))
        }
    }

    @Test func `platforms with containers get the secrets as files, and no right to write`() throws {
        let functions = ["recordConversion", "deliverPostback"]
        let knative = try PackagedFolder(["knative"] + functions + ["--image", "registry.example.com/postbacks:1"])
        let services = try knative.text(of: "service.yaml").components(separatedBy: "---\n")
        #expect(services.count == 2 && services.allSatisfy { $0.contains("image: registry.example.com/postbacks:1") })
        #expect(services[0].contains("name: DATABASE_URL_FILE") && !services[0].contains("ENCRYPTION_KEY"))
        #expect(!services[1].contains("DATABASE_URL") && services[1].contains("name: POSTBACKS_ENCRYPTION_KEY_FILE"))
        for line in ["readOnlyRootFilesystem: true", "runAsNonRoot: true", "allowPrivilegeEscalation: false"] {
            #expect(services.allSatisfy { $0.contains(line) })
        }
        let stack = try PackagedFolder(["openfaas"] + functions).text(of: "stack.yaml")
        #expect(stack.contains("DATABASE_URL_FILE: /var/openfaas/secrets/postbacks-database-url"))
        #expect(stack.contains("  recordconversion:\n") && stack.contains("mode: http"))
        let container = try PackagedFolder(["container"]).text(of: "Containerfile")
        #expect(container.contains("\nUSER 65532:65532\n") && container.contains("COPY --from=build"))
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        split(separator: separator).map(String.init)
    }
}
