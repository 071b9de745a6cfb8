import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests that the memory of a poller is limited in bytes, however long its lines are.
@Suite(.ownThreads) struct MemoryTests {
    /// A delivery process that takes nothing for a while, and 200 destinations to which a conversion of nearly a megabyte is
    /// owed: all of these lines at once would be 180 MB, and twice that while they are read.
    @Test func `long lines are claimed as there is room for them`() throws {
        let folder = try TemporaryFolder()
        let script = "#!/bin/sh\nsleep 10\nexec '\(Programs.path("deliverPostback"))' \"$@\"\n"
        try FileSystem.write(script, to: "\(folder.path)/deliverPostback")
        try FileSystem.setMode(0o755, of: "\(folder.path)/deliverPostback")
        let installation = try Installation.make()
        let urls = (1...200).map { "http://127.0.0.1:\($0)/?c={click_id}" }
        try installation.configure(postbacks: urls.map { ["url": .string($0)] })
        try installation.record([
            "clickId": "c1", "params": ["long": .string(String(repeating: "x", count: 900_000))],
        ])
        let poller = try RunningPoller(
            installation,
            [
                "POSTBACKS_FUNCTIONS": folder.path, "POSTBACKS_CONCURRENCY": "1024", "POSTBACKS_RETRY_SCHEDULE": "1000",
                "POSTBACKS_LEASE": "240", "POSTBACKS_TIMEOUT": "60",
            ])
        // It gets lines long after everything for which there is room was claimed.
        try waitUntil("the first attempts", timeoutSeconds: 300) { try installation.count("attempts") >= 40 }
        let peak = try peakMemoryOfProcess(poller.pid)
        #expect(peak < 200 << 10, "\(peak) KiB")
    }
}
