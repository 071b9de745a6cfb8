import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests that a warm recordConversion reads the lines of the next batch while the server works on one, and that its
/// answers keep the order of the lines and come after their commits.
@Suite(.ownThreads) struct PipelinedRecordingTests {
    private func line(_ id: Int, _ members: JSON = [:]) -> [UInt8] {
        let input = Installation.conversion(["transactionId": .string("t\(id)")]).merging(members)
        return JSON.object([JSON.Member("id", .integer(id)), JSON.Member("input", input)]).bytes + Array("\n".utf8)
    }

    private func start(_ installation: Installation) throws -> LineProcess {
        try LineProcess(
            Programs.path("recordConversion"), ["--stream"],
            environment: Programs.environment(installation.environment), errorOutput: .null)
    }

    private func answers(_ function: LineProcess, _ count: Int) throws -> [JSON] {
        var answers: [JSON] = []
        try waitUntil("\(count) answers") {
            answers += try function.takeLines().map { try JSON(parsing: $0) }
            return answers.count >= count
        }
        return answers
    }

    /// Starts a function whose first batch, line 1, waits in the server until the connection releases it. The function
    /// and the pipe to it have taken the other lines.
    private func startHeldUp(
        _ lines: [UInt8]
    ) throws -> (installation: Installation, connection: Connection, function: LineProcess) {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback()
        let connection = try installation.holdUp()
        let function = try start(installation)
        try function.write(line(1))
        try installation.database.waitForLock(of: "recordConversion")
        var rest = lines[...]
        try waitUntil("the function reads its input") {
            rest = rest.dropFirst(try function.writeSome(rest))
            return rest.isEmpty
        }
        return (installation, connection, function)
    }

    @Test func `the next lines are read while the server works, and answered in their order after their commits`()
        throws
    {
        // This is more than a pipe holds, so that the function must read it meanwhile.
        let padding: JSON = ["params": ["page": .string(String(repeating: "x", count: 1000))]]
        var lines = (2...300).flatMap { line($0, padding) }
        lines += line(301, ["transactionId": "t1"]) + Array("{\"id\":302,\"input\":[]}\n".utf8) + line(303)
        let (installation, connection, function) = try startHeldUp(lines)
        #expect(try function.takeLines() == [])
        #expect(try installation.count("conversions") == 0)
        try connection.release()
        let answers = try answers(function, 303)
        #expect(answers.map { $0["id"] } == (1...303).map { .integer($0) })
        #expect(answers.filter { $0.at("output.duplicate") == true }.map { $0["id"] } == [301])
        #expect(answers.filter { $0["error"] != nil }.map { $0["id"] } == [302])
        #expect(try installation.count("outbox") == 301)
    }

    @Test func `two full batches are in the server at once, and their answers keep the order of the lines`() throws {
        // The function reads a third batch meanwhile, and the pipe holds the lines that are left then.
        let (installation, connection, function) = try startHeldUp((2...1200).flatMap { line($0) })
        try installation.database.waitForLock(of: "recordConversion", sessions: 2)
        #expect(try function.takeLines() == [])
        try connection.release()
        let answers = try answers(function, 1200)
        #expect(answers.map { $0["id"] } == (1...1200).map { .integer($0) })
        #expect(answers.allSatisfy { $0.at("output.duplicate") == false })
        #expect(try installation.count("outbox") == 1200)
    }

    @Test func `a session that ends while the next lines wait costs none of them, and the answers keep their order`()
        throws
    {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback()
        let function = try start(installation)
        try function.write(line(1))
        #expect(try answers(function, 1).allSatisfy { $0.at("output.duplicate") == false })
        let connection = try installation.holdUp()
        try function.write(line(2))
        let session = try installation.database.waitForLock(of: "recordConversion")[0]
        try function.write(line(3) + line(2))
        _ = try connection.run("SELECT pg_terminate_backend(\(session)::int)")
        try connection.release()
        let answers = try answers(function, 3)
        #expect(answers.map { $0["id"] } == [2, 3, 2])
        #expect(answers.map { $0.at("output.duplicate") } == [false, false, true])
        #expect(try installation.count("conversions") == 3)
    }

    @Test func `a setting that is wrong fails each line in its place`() throws {
        let answers = try Programs.stream(
            "recordConversion",
            [
                #"{"id":1,"input":{"offerId":"o","affiliateId":"a","clickId":"c"}}"#, #"{"id":2,"input":{}}"#,
                #"{"id":3,"input":{"offerId":"o","affiliateId":"a","clickId":"c"}}"#,
            ], environment: ["LOG_LEVEL": "loud"])
        #expect(answers.map { $0["id"] } == [1, 2, 3])
        #expect(answers.map { $0.at("error.code") } == ["misconfigured", "invalid_request", "misconfigured"])
    }
}
