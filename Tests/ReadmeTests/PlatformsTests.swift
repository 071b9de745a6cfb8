import FunctionRuntime
import TestSupport
import Testing

/// Tests that local-runtime/PLATFORMS.md has every platform, names suites and faults that exist, and every exit status.
struct PlatformsTests {
    private func text() throws -> String { try Repository.text("local-runtime/PLATFORMS.md") }

    /// The cells of the table's rows.
    private func rows() throws -> [[Substring]] {
        let table = try text().split(separator: "| proven by |").last?.split(separator: "\n\n").first ?? ""
        return table.split(separator: "\n").dropFirst().map { $0.split(separator: "|") }
    }

    @Test func `each platform is proven by a suite that exists`() throws {
        let suites = Set(Repository.swiftFiles(in: "Tests").compactMap { $0.split(separator: "/").last?.dropLast(6) })
        let faults = try Repository.swiftFiles(in: "Tests/Faults/Harness/Faults").map(Repository.text).joined()
        for row in try rows() {
            try #require(row.count == 3, "\(row)")
            let words = row[2].split(separator: "`").filter { $0.contains { $0.isLetter } }
            let named = words.filter { $0.hasSuffix("Tests") }
            #expect(!named.isEmpty && named.allSatisfy(suites.contains), "\(row[2])")
            for command in words where command.hasPrefix("./Tests/Faults/run ") {
                let name = command.split(separator: " ").last ?? ""
                #expect(faults.contains("name: \"\(name)\""), "there is no fault \(name)")
            }
        }
        #expect(try Repository.text("README.md").contains("](local-runtime/PLATFORMS.md)"))
    }

    @Test func `no platform is missing`() throws {
        let platforms = try rows().compactMap(\.first)
        for name in [
            "classic watchdog", "serializing", "mode `http`", "Knative", "Cloud Run", "Functions Framework",
            "CloudEvents", "AWS Lambda", "nginx with fcgiwrap", "lighttpd", "busybox", "`webhook`", "OpenWhisk", "Fn",
            "Debian 13", "a bare root", "only be read", "passwd", "64 MB", "Debian 11", "Amazon Linux", "Patroni",
            "PgBouncer", "decode the log",
        ] {
            #expect(platforms.contains { $0.contains(name) }, "\(name)")
        }
    }

    @Test func `every code of an error stands beside its exit status`() throws {
        let rows = try text().split(separator: "\n").filter { $0.hasPrefix("|") }
        for code in FunctionError.Code.allCases {
            let row = rows.first { $0.contains("`\(code.rawValue)`") }
            #expect(row?.contains("\(code.exitStatus)") == true, "\(code)")
        }
    }
}
