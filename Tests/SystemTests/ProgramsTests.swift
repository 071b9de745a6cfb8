import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct ProgramsTests {
    @Test func `the programs stand beside the test bundle`() {
        #expect(FileSystem.names(in: Programs.folder).contains { $0.hasSuffix(".xctest") })
    }
}
