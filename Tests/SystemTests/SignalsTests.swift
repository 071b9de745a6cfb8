import Glibc
import System
import Testing

struct SignalsTests {
    @Test func `a program can wait for signals`() throws {
        let signals = try SignalDescriptor([SIGUSR1, SIGUSR2])
        #expect(try signals.readPending().isEmpty)
        raise(SIGUSR1)
        raise(SIGUSR2)
        #expect(try wait(for: [.read(signals.descriptor)], atMost: .milliseconds(60_000)) == [true])
        #expect(Set(try signals.readPending()) == [SIGUSR1, SIGUSR2])
        #expect(try signals.readPending().isEmpty)
    }
}
