import EmbeddedPostgres
import Glibc
import Postgres
import System
import TestSupport

/// Runs `relay.py`, through which PostgreSQL is reached over a network.
final class Relay {
    let connectionString: String
    private let child: ChildProcess

    /// `address` is an address of this machine.
    init(to server: EmbeddedServer, address: String) throws {
        let folder =
            try Connection(server.connectionString).run(
                "SELECT current_setting('unix_socket_directories') AS folder")[0].text("folder") ?? ""
        child = try ChildProcess(
            try Python.interpreter(),
            ["\(FileSystem.parent(of: #filePath))/relay.py", address, "\(folder)/.s.PGSQL.5432"],
            environment: Python.environment, input: .pipe, output: .pipe)
        var line: [UInt8] = []
        while line.last != 0x0A, case .bytes(let bytes)? = try child.output?.read(upTo: 64) { line += bytes }
        guard let port = Int(String(decoding: line.dropLast(), as: UTF8.self)) else {
            throw DidNotHappen(description: "the relay starts")
        }
        connectionString = "host=\(address) port=\(port) user=postbacks dbname=postbacks sslmode=disable"
    }

    func end() {
        child.terminate(SIGKILL)
        _ = try? child.wait()
    }
}
