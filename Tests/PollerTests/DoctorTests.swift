import JSON
import POSIX
import Postgres
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct DoctorTests {
    @Test func `doctor names the destinations that do not answer, and is content otherwise`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        let environment = installation.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 }
        let before = try Programs.run("postbacks", ["doctor"], environment: environment)
        #expect(before.text.contains("none is blocked"))
        _ = try installation.database.connect().run(
            """
            UPDATE destinations SET failures = 12, blocks = 1, failing_since = '2026-01-02 03:04:05Z',
                blocked_until = now() + interval '1 minute'
            """)
        let after = try Programs.run("postbacks", ["doctor"], environment: environment)
        #expect(after.status == before.status)
        #expect(
            after.text.contains(
                "http://127.0.0.1:1: no answer since 2026-01-02T03:04:05.000Z (12 requests), nothing is sent before"))
    }
}
