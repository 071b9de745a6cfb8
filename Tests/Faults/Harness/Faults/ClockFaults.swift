import FaultLedger
import Glibc
import Postgres
import Receiver
import System
import TestSupport

/// Leases, due times and retries use the database's clock, so that other clocks do not matter.
extension Fault {
    static let clockFaults = [clocks]

    private static let clocks: Fault = {
        let wrongClocks = Place<Int>()
        var fault = Fault(
            name: "clocks", group: .load,
            injects: "two pollers, with their delivery processes an hour before and an hour behind the database"
        ) { scene in
            for _ in 0..<scene.effort.rounds(short: 1, full: 4) {
                let length = scene.effort.isShort ? 5.0 : 20
                scene.watch.during(.calm) { scene.pause(length) }
                try scene.processes.endPollers()
                for hours in ["+1h", "-1h"] { try scene.processes.startPoller(FakeClock.settings(hours)) }
                try scene.network.waitForArrivals()
                wrongClocks.put(try scene.processes.countWrongClocks())
                scene.watch.during(.faulty) { scene.pause(length) }
                try scene.processes.endPollers()
                for _ in 0..<2 { try scene.processes.startPoller() }
                try scene.network.waitForArrivals()
                scene.notes.countRound()
            }
            // When a poller is stopped, its leases expire after their duration, not an hour earlier or later, and the
            // other poller takes over.
            try scene.processes.endPollers()
            for hours in ["+1h", "-1h"] { try scene.processes.startPoller(FakeClock.settings(hours)) }
            for poller in 0..<2 {
                try scene.network.waitForArrivals()
                try scene.database.allowRepeatsOfLeased()
                scene.processes.pollers[poller].send(SIGSTOP)
                try scene.database.allowRepeatsOfLeased()
                scene.pause(14)
                scene.processes.pollers[poller].send(SIGCONT)
            }
        }
        fault.setup.pollers = 2
        fault.prepare = { scene in
            guard FakeClock.library != nil else { throw Skipped(reason: "libfaketime is not installed") }
            // Each delivery is tried again, so that something is always in flight.
            scene.network.behave(ReceiverBehaviour(statuses: [500, 200], delay: .milliseconds(50)))
        }
        fault.setup.latencyFactor = 2
        fault.confirm = { scene in
            var breaches: [Breach] = []
            if try wrongClocks.get() < 4 {
                breaches.append(Breach(.heals, "the clocks were right: the fault was not injected"))
            }
            // By the database's clock, no lease ends before 12 s, and no retry comes before its time.
            let early = try scene.database.connect().run(
                """
                SELECT b.delivery_id FROM attempts a JOIN attempts b USING (delivery_id)
                WHERE b.attempt = a.attempt + 1 AND b.at < a.at + make_interval(secs =>
                    CASE a.outcome WHEN 'unknown' THEN 12 ELSE a.retry_in_seconds::float8 END)
                """)
            if !early.isEmpty {
                breaches.append(
                    Breach(.fenced, "tried again before its time", ids: early.compactMap { $0.integer("delivery_id") }))
            }
            return breaches
        }
        return fault
    }()
}

/// The library that changes a process's clock.
private enum FakeClock {
    /// The path of the library; nil if it is not installed.
    static var library: String? {
        FileSystem.names(in: "/usr/lib").lazy.map { "/usr/lib/\($0)/faketime/libfaketime.so.1" }
            .first { (try? FileSystem.read($0, limit: 1 << 24)) != nil }
    }

    /// Variables that shift a process's clock. The monotonic clock, which is used only for waiting, is not changed.
    static func settings(_ offset: String) -> [String: String] {
        ["LD_PRELOAD": library ?? "", "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"]
    }
}

extension Processes {
    /// The number of processes that run with another clock.
    fileprivate func countWrongClocks() throws -> Int {
        let processes = pollers.flatMap { [$0.pid, $0.deliveryProcess].compactMap(\.self) }
        return try processes.count { process in
            let maps = try FileSystem.read("/proc/\(process)/maps", limit: 1 << 24)
            return String(decoding: maps, as: UTF8.self).contains("libfaketime")
        }
    }
}
