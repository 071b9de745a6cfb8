import FunctionRuntime
import TestSupport
import Testing

/// Tests that local-runtime/PLATFORMS.md names suites that exist, and every exit status.
struct PlatformsTests {
    private func text() throws -> String { try Repository.text("local-runtime/PLATFORMS.md") }

    @Test func `each platform is proven by a suite that exists`() throws {
        let suites = Set(Repository.swiftFiles(in: "Tests").compactMap { $0.split(separator: "/").last?.dropLast(6) })
        let rows = try text().split(separator: "\n").filter { $0.hasPrefix("|") && $0.contains("Tests`") }
        #expect(rows.count > 8)
        for row in rows {
            let named = row.split(separator: "`").filter { $0.hasSuffix("Tests") }
            #expect(!named.isEmpty && named.allSatisfy(suites.contains), "\(row)")
        }
        #expect(try Repository.text("README.md").contains("](local-runtime/PLATFORMS.md)"))
    }

    @Test func `every code of an error stands beside its exit status`() throws {
        let rows = try text().split(separator: "\n").filter { $0.hasPrefix("|") }
        for code in FunctionError.Code.allCases {
            let row = rows.first { $0.contains("`\(code.rawValue)`") }
            #expect(row?.contains("\(code.exitStatus)") == true, "\(code)")
        }
    }
}
