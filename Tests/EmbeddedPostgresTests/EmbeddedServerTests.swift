import EmbeddedPostgres
import Postgres
import TestSupport
import Testing

struct EmbeddedServerTests {
    @Test func `a server is made, reached by the home folder alone, stopped, and started again with its data`() throws {
        let folder = try TemporaryFolder()
        let home = "\(folder.path)/home"
        let server = EmbeddedServer(home: home, settings: ["fsync": "off"], diesWithParent: false)
        #expect(EmbeddedServer.connectionString(home: home) == nil)
        try server.start()
        let found = try #require(EmbeddedServer.connectionString(home: home))
        #expect(found == server.connectionString)
        try Connection(found).execute(script: "CREATE TABLE kept (x int); INSERT INTO kept VALUES (5)")
        server.stop()
        #expect(!server.isRunning)
        #expect(EmbeddedServer.connectionString(home: home) == nil)
        try server.start()
        #expect(try Connection(server.connectionString).run("SELECT x FROM kept")[0].integer("x") == 5)
        server.stop()
    }
}
