import JSON
import Postgres
import System
import TestSupport

/// Functions that are stopped in the middle of a call.
extension Installation {
    /// Blocks calls that record deliveries in the middle until `release` is called or the connection ends.
    func holdUp() throws -> Connection {
        let connection = try database.connect()
        try connection.execute(
            script: """
                CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN new; END $$;
                CREATE TRIGGER wait_for_test BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION wait_for_test();
                """)
        _ = try connection.run("SELECT pg_advisory_lock(4711)")
        return connection
    }

    /// Starts a call and does not wait for its end.
    func start(_ function: String, _ input: JSON) throws -> ChildProcess {
        let child = try ChildProcess(
            Programs.path(function), environment: Programs.environment(environment), input: .pipe, output: .pipe,
            errorOutput: .null)
        try child.input?.writeAll(input.bytes)
        child.input = nil
        return child
    }
}

extension Connection {
    /// Lets the calls continue that `holdUp` has blocked.
    func release() throws { _ = try run("SELECT pg_advisory_unlock(4711)") }
}

extension ChildProcess {
    /// Its output, after its end.
    var answer: JSON {
        get throws {
            var bytes: [UInt8] = []
            while case .bytes(let more)? = try output?.read(upTo: 65536) { bytes += more }
            return try JSON(parsing: bytes)
        }
    }
}
