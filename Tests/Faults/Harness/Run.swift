import EmbeddedPostgres
import FaultLedger
import System
import TestSupport

/// Runs one fault, from the start of its scene to its row in the table.
struct Run {
    let fault: Fault
    let effort: Effort

    struct Outcome {
        var rounds = 0
        var totals = Ledger.Totals()
        var allowedRepeats = 0
        var healSeconds: Double?
        var latencies: Stopwatch.Latencies?
        var remark = ""
        var verdict: Verdict
    }

    enum Verdict {
        case held
        case broken([Breach])
        case skipped(String)
        /// The harness itself failed.
        case failed(String)
    }

    func callAsFunction() -> Outcome {
        do {
            let scene = try Scene(fault.setup, effort, seed: effort.seed)
            defer { scene.close() }
            do {
                return try play(on: scene)
            } catch let breach as Breach {
                var outcome = Outcome(rounds: scene.notes.rounds, verdict: .broken([breach]))
                // Work that continues while the books are read would look like a breach.
                scene.processes.killPollers()
                if let ledger = try? ledger(of: scene) {
                    outcome.totals = ledger.totals
                    outcome.verdict = .broken([breach] + ledger.breaches)
                }
                explain(outcome.verdict, on: scene)
                return outcome
            } catch let skipped as Skipped {
                return Outcome(verdict: .skipped(skipped.reason))
            } catch {
                keepLogs(of: scene)
                return Outcome(rounds: scene.notes.rounds, verdict: .failed("\(error)"))
            }
        } catch let skipped as Skipped {
            return Outcome(verdict: .skipped(skipped.reason))
        } catch {
            return Outcome(verdict: .failed("\(error)"))
        }
    }

    private func play(on scene: Scene) throws -> Outcome {
        try fault.prepare(scene)
        for _ in 0..<fault.setup.pollers { try scene.processes.startPoller() }
        scene.load.start()
        try scene.network.waitForArrivals()
        let calm = WallClock.unixMilliseconds
        scene.pause(effort.isShort ? 1 : 3)
        if fault.setup.latencyFactor == nil { scene.watch.note(.calm, from: calm) }

        let start = WallClock.unixMilliseconds
        try fault.inject(scene)
        if !scene.watch.hasFaulty { scene.watch.note(.faulty, from: start) }
        let healed = Instant.now
        try scene.load.finish(seconds: fault.setup.patience)
        try scene.database.waitUntilDrained()
        let healSeconds = healed.elapsed.seconds
        try scene.processes.endPollers()

        let ledger = try ledger(of: scene)
        var breaches = ledger.breaches
        breaches += try fault.confirm(scene)
        let latencies = scene.watch.latencies(of: healthyAnswers(ledger, scene), ledger.sightings)
        breaches += tooLate(latencies)
        say("  p99 of healthy flows in ms: \(latencies.turns)")
        let outcome = Outcome(
            rounds: scene.notes.rounds, totals: ledger.totals, allowedRepeats: scene.notes.allowedRepeats,
            healSeconds: healSeconds, latencies: latencies, remark: scene.notes.remark,
            verdict: breaches.isEmpty ? .held : .broken(breaches))
        explain(outcome.verdict, on: scene)
        return outcome
    }

    private func tooLate(_ latencies: Stopwatch.Latencies) -> [Breach] {
        let setup = fault.setup
        // The short choice runs beside builds and tests for a few seconds, so its latencies are only printed.
        guard !effort.isShort, setup.latencyFactor != nil || setup.latencyBound != nil else { return [] }
        guard let faulty = latencies.faulty else {
            return [Breach(.healthyLatency, "too little arrived at healthy destinations to tell")]
        }
        var breaches: [Breach] = []
        if let factor = setup.latencyFactor, let calm = latencies.calm, faulty > max(factor * calm, setup.latencyFloor)
        {
            let allowed = "\(format(factor))×, or \(format(setup.latencyFloor)) ms, allowed"
            breaches.append(
                Breach(
                    .healthyLatency, "\(format(faulty)) ms, where \(format(calm)) ms is calm and \(allowed)",
                    ids: Array(latencies.slowest.prefix(20))))
        }
        if let bound = setup.latencyBound, faulty > bound {
            breaches.append(
                Breach(
                    .healthyLatency, "\(format(faulty)) ms, where \(format(bound)) ms are allowed",
                    ids: Array(latencies.slowest.prefix(20))))
        }
        return breaches
    }

    private func ledger(of scene: Scene) throws -> Ledger {
        // The server may have ended with the fault or with the program that owned it.
        if !scene.database.server.isRunning { try scene.database.server.start() }
        return Ledger(
            account: scene.load.account, books: try Books(try scene.database.connect()),
            sightings: scene.network.sightings,
            bounds: Ledger.Bounds(attempts: fault.setup.attemptLimit, repeats: scene.notes.allowedRepeats))
    }

    private func healthyAnswers(_ ledger: Ledger, _ scene: Scene) -> [Account.Answer] {
        let healthy = Set(scene.network.flows.filter(\.isHealthy).map(\.offer))
        return ledger.books.conversions.filter { healthy.contains($0.offer) }
            .compactMap { ledger.account.answers[$0.transaction] }
    }
}
