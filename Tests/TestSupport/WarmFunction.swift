package import JSON
package import System

/// A function in the warm mode, which is called line by line.
package final class WarmFunction {
    private let process: LineProcess
    private var lines: ArraySlice<[UInt8]> = []

    /// `program` is the path of the executable; nil is the one that was built.
    package init(_ function: String, _ environment: [String: String], program: String? = nil) throws {
        process = try LineProcess(
            program ?? Programs.path(function), ["--stream"], environment: Programs.environment(environment),
            errorOutput: .null)
    }

    /// Sends a line, and returns the next answer.
    package func ask(_ line: String) throws -> JSON {
        try send([line])
        return try answer()
    }

    /// Sends lines. It takes answers meanwhile, because a function that cannot write does not read either.
    package func send(_ inputs: [String]) throws {
        var bytes = Array(inputs.map { "\($0)\n" }.joined().utf8)[...]
        while !bytes.isEmpty {
            let count = try process.writeSome(bytes)
            bytes = bytes.dropFirst(count)
            lines += try process.takeLines()
            if count == 0 { _ = try wait(for: [], atMost: .milliseconds(1)) }
        }
    }

    /// The next answer.
    package func answer() throws -> JSON { try JSON(parsing: nextLine(), depth: JSON.depthLimit + 8) }

    /// The next line of output, for which it waits up to 60 s.
    package func nextLine() throws -> [UInt8] {
        let deadline = Instant.now + .seconds(60)
        while lines.isEmpty {
            guard let output = process.output, Instant.now < deadline else {
                throw DidNotHappen(description: "an answer")
            }
            _ = try wait(for: [.read(output)], atMost: .milliseconds(1000))
            lines += try process.takeLines()
        }
        return lines.removeFirst()
    }

    /// Closes its input, and waits for its end.
    package func end() throws -> ChildProcess.ExitStatus { try process.finish() }

    /// The maximum of its memory so far, in KiB.
    package func peakMemory() throws -> Int { try process.peakMemory() }
}
