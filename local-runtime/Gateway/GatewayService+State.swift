import Adapters
import JSON
import Store
import Synchronization

extension GatewayService {
    /// Answers whether requests can be served, and if not, why. A caller without a key that is needed, or with a
    /// limited key, is not told the reason.
    func readiness(of request: Request) async -> HTTPAnswer {
        let state = watch.state
        let missing = FunctionNames.all.filter { !pool.names.contains($0) }
        let isEnding = isEnding.withLock { $0 }
        let isReady = state.isReadable && missing.isEmpty && !isEnding
        var answer: [JSON.Member] = [JSON.Member("ready", .bool(isReady))]
        if keys.isUnguarded || (try? identify(request))?.limits.isNone == true {
            let seconds = await watch.gauges()?.measured.pollerSeconds
            answer += [
                JSON.Member("database", .string(state.problem ?? "ok")),
                JSON.Member("missingFunctions", .array(missing.map(JSON.string))),
                JSON.Member("pollerSecondsAgo", seconds.map { .integer($0) } ?? .null),
                JSON.Member("ending", .bool(isEnding)),
            ]
        }
        return .json(.object(answer), status: isReady ? 200 : 503)
    }

    func metricsText() async -> HTTPAnswer {
        let text = metrics.text(waiting: pool.waiting, gauges: await watch.gauges())
        return HTTPAnswer(200, type: "text/plain; version=0.0.4; charset=utf-8", Array(text.utf8))
    }
}
