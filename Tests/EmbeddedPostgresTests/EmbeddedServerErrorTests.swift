import EmbeddedPostgres
import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct EmbeddedServerErrorTests {
    @Test func `a missing PostgreSQL is reported with what was looked at and what to do`() {
        let error = EmbeddedServerError.programsNotFound(lookedAt: ["the folders in PATH: nothing", "/old: version 12"])
        #expect(
            error.description == """
                PostgreSQL 15 or newer was not found. Looked at:
                  the folders in PATH: nothing
                  /old: version 12
                Install it (Debian, Ubuntu: apt-get install postgresql), or set DATABASE_URL to an existing database.
                """
        )
    }

    @Test func `data of a version that is not installed are left alone`() throws {
        let home = try TemporaryFolder()
        try FileSystem.makeFolder("\(home.path)/postgres")
        try FileSystem.write("12\n", to: "\(home.path)/postgres/PG_VERSION")
        let error = #expect(throws: EmbeddedServerError.self) { try EmbeddedServer(home: home.path).start() }
        guard case .versionMissing(12, let places) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!places.isEmpty)
        #expect(FileSystem.names(in: "\(home.path)/postgres") == ["PG_VERSION"])
    }
}
