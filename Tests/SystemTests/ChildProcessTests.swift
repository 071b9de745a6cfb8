import Glibc
import System
import TestThreads
import Testing

@Suite(.ownThreads) struct ChildProcessTests {
    private func shell(_ script: String, input: String = "") throws -> ChildProcess.Outcome {
        try ChildProcess.run("/bin/sh", ["-c", script], input: Array(input.utf8), timeout: .seconds(60))
    }

    @Test func `a child that prints much on both pipes while it is fed does not block`() throws {
        let input = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000)
        let outcome = try ChildProcess.run("/bin/sh", ["-c", "tee /dev/stderr"], input: input)
        #expect(outcome.status == .exited(0))
        #expect(outcome.output == input)
        #expect(outcome.errorOutput == input)
    }

    @Test func `exit codes and signals are told apart`() throws {
        #expect(try shell("exit 0").status == .exited(0))
        #expect(try shell("exit 75").status == .exited(75))
        #expect(try shell("kill -9 $$").status == .signaled(SIGKILL))
    }

    @Test func `a child that does not read its input is no error`() throws {
        let outcome = try ChildProcess.run(
            "/bin/sh", ["-c", "exec 0<&-; echo done"], input: [UInt8](repeating: 0, count: 1_000_000))
        #expect(outcome.text == "done\n")
    }

    @Test func `a child has its three streams and nothing else open`() throws {
        let open = try Descriptor.open("/dev/null", O_RDONLY)
        // A descriptor that children would inherit.
        let leaky = dup(open.number)
        defer { close(leaky) }
        // `ls` itself opens the folder that it lists.
        #expect(try shell("ls /proc/self/fd | tr '\\n' ' '").text == "0 1 2 3 ")
    }

    @Test func `a child takes signals as usual, whatever this process does`() throws {
        Signals.ignorePipe()
        let lines = try shell("grep -E 'SigBlk|SigIgn' /proc/self/status").text.split(separator: "\n")
        #expect(lines.count == 2)
        for line in lines {
            // One bit for each signal; 32 and 33 are the C library's own.
            let signals = try #require(line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) })
            #expect(signals & 0x7fff_ffff == 0)
        }
    }

    @Test func `a child gets exactly the given variables, arguments and folder`() throws {
        let outcome = try ChildProcess.run(
            "/bin/sh", ["-c", "env | grep -v -E '^(PWD|SHLVL|_)=' ; pwd; echo \"$0|$1\"", "a b", "é\n"],
            environment: ["X": "a=b c"], directory: "/usr")
        #expect(outcome.text == "X=a=b c\n/usr\na b|é\n\n")
    }

    @Test func `streams can be crossed`() throws {
        let pipe = try Descriptor.pipe()
        let child = try ChildProcess(
            "/bin/sh", ["-c", "echo out; echo error >&2"], output: .descriptor(pipe.write),
            errorOutput: .descriptor(pipe.write))
        #expect(try child.wait() == .exited(0))
        #expect(try pipe.read.read(upTo: 100) == .bytes(Array("out\nerror\n".utf8)))
    }

    @Test func `a child is reaped once and remembered`() throws {
        let child = try ChildProcess("/bin/sh", ["-c", "read line; exit 3"], input: .pipe)
        #expect(try child.poll() == nil)
        child.input = nil
        #expect(try child.wait() == .exited(3))
        #expect(try child.poll() == .exited(3))
        #expect(try child.wait() == .exited(3))
        child.terminate(SIGKILL)
    }

    @Test func `a group is ended as a whole`() throws {
        let child = try ChildProcess(
            "/bin/sh", ["-c", "sleep 1000 & echo started; wait"], output: .pipe, ownGroup: true)
        let output = try #require(child.output)
        #expect(try output.read(upTo: 100) == .bytes(Array("started\n".utf8)))
        child.terminate(SIGKILL, group: true)
        #expect(try child.wait() == .signaled(SIGKILL))
        // The pipe ends when the last process that has it open has ended.
        #expect(try output.read(upTo: 100) == .end)
    }

    @Test func `a child that takes too long is killed`() throws {
        let outcome = try ChildProcess.run("/bin/sleep", ["1000"], timeout: .seconds(1))
        #expect(outcome.status == .signaled(SIGKILL))
    }

    @Test func `a program that is not there is an error`() {
        let error = #expect(throws: SystemError.self) { try ChildProcess("/nowhere/program") }
        #expect(error?.code == ENOENT)
    }

    @Test func `programs are found in PATH`() throws {
        #expect(Executable.find("sh", searchPath: "/nowhere:/bin") == "/bin/sh")
        #expect(Executable.find("/bin/sh") == "/bin/sh")
        #expect(Executable.find("no such program") == nil)
        #expect(Executable.find("etc", searchPath: "/") == nil)
    }
}
