import Glibc
import POSIX
import Testing

struct ChildProcessTests {
    @Test func `a child that prints much on both pipes while it is fed does not block`() throws {
        let input = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000)
        let outcome = try ChildProcess.run("/bin/sh", ["-c", "tee /dev/stderr"], input: input)
        #expect(outcome.status == .exited(0))
        #expect(outcome.output == input)
        #expect(outcome.errorOutput == input)
    }
}
