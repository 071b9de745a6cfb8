import Domain
import Store
import Synchronization
import System

/// The counts of the gateway itself. No URL, id or secret is a label: the labels are functions, codes, routes, methods and
/// statuses, of which there are few.
package final class GatewayMetrics: Sendable {
    private struct Counts {
        var requests: [RequestKind: Histogram] = [:]
        var functionRequests: [CallKind: UInt64] = [:]
        var functionDurations: [String: Histogram] = [:]
        var restarts: [Labels: UInt64] = [:]
        var refusedConnections: UInt64 = 0
        var openConnections = 0
        var bodyBytes = 0
    }

    /// The labels of a request and of a call. They become text when somebody asks, not with each request.
    private struct RequestKind: Hashable {
        let route: String
        let method: String
        let status: Int

        var labels: Labels { ["http_route": route, "method": method, "status": "\(status)"] }
    }

    private struct CallKind: Hashable {
        let function: String
        let code: String

        var labels: Labels { ["function": function, "code": code] }
    }

    private let counts = Mutex(Counts())
    private let start = WallClock.unixMilliseconds

    package init() {}

    /// Counts a request that was answered. `route` is a path of the description, never the path that was asked for.
    package func answered(route: String, method: String, status: Int, seconds: Double) {
        let request = RequestKind(
            route: route, method: GatewayMetrics.methods.contains(method) ? method : "other", status: status)
        counts.withLock { $0.requests[request, default: Histogram(Histogram.boundsOfRequests)].add(seconds) }
    }

    private static let methods = ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]

    /// Counts a call of a function. `code` is `ok` or the code of its error.
    package func called(_ function: String, code: String, seconds: Double) {
        counts.withLock { counts in
            counts.functionRequests[CallKind(function: function, code: code), default: 0] += 1
            counts.functionDurations[function, default: Histogram(Histogram.boundsOfRequests)].add(seconds)
        }
    }

    /// Counts a process of a function that ended although it was not asked to.
    package func functionRestarted(_ function: String, reason: String) {
        counts.withLock { $0.restarts[["function": function, "reason": reason], default: 0] += 1 }
    }

    package func connectionRefused() { counts.withLock { $0.refusedConnections += 1 } }

    package func connectionsChanged(to count: Int) { counts.withLock { $0.openConnections = count } }

    package func bodiesChanged(to bytes: Int) { counts.withLock { $0.bodyBytes = bytes } }

    /// The text for Prometheus. `waiting` has for each function the calls without an answer; `gauges` are the values
    /// from the database; nil if it cannot be read.
    package func text(waiting: [String: Int], gauges: DatabaseGauges?) -> String {
        let counts = counts.withLock { $0 }
        let all = families(counts, waiting: waiting) + DatabaseGauges.families(gauges) + processFamilies()
        return all.map(\.text).joined()
    }

    private func families(_ counts: Counts, waiting: [String: Int]) -> [MetricFamily] {
        var build = MetricFamily("build_info", .gauge, "The version of this program; the value is always 1.")
        build.add(1, ["version": Version.current])
        var requests = MetricFamily(
            "http_server_request_duration_seconds", .histogram,
            "How long requests took, from their heads to their answers.")
        for (labels, histogram) in GatewayMetrics.sorted(counts.requests, by: \.labels) {
            requests.add(histogram, labels)
        }
        var calls = MetricFamily(
            "function_requests_total", .counter, "Calls of functions, by the code of their answers.")
        for (labels, count) in GatewayMetrics.sorted(counts.functionRequests, by: \.labels) {
            calls.add(count, labels)
        }
        var durations = MetricFamily("function_duration_seconds", .histogram, "How long calls of functions took.")
        for (function, histogram) in counts.functionDurations.sorted(by: { $0.key < $1.key }) {
            durations.add(histogram, ["function": function])
        }
        var waits = MetricFamily("function_waiting", .gauge, "Calls of functions that have no answer yet.")
        for (function, count) in waiting.sorted(by: { $0.key < $1.key }) { waits.add(count, ["function": function]) }
        var restarts = MetricFamily(
            "function_restarts_total", .counter, "Processes of functions that ended without being asked to.")
        for (labels, count) in counts.restarts.sorted(by: { $0.key.text < $1.key.text }) { restarts.add(count, labels) }
        var refused = MetricFamily(
            "http_connections_refused_total", .counter, "Connections that were one too many.")
        refused.add(counts.refusedConnections)
        var open = MetricFamily("http_connections", .gauge, "Open connections.")
        open.add(counts.openConnections)
        var bodies = MetricFamily("http_body_bytes", .gauge, "Bytes of request bodies in memory.")
        bodies.add(counts.bodyBytes)
        return [build, requests, calls, durations, waits, restarts, refused, open, bodies]
    }

    /// The values with their labels, in the order of the labels' texts.
    private static func sorted<Key, Value>(
        _ values: [Key: Value], by labels: (Key) -> Labels
    ) -> [(Labels, Value)] {
        values.map { (labels($0.key), $0.value) }.sorted { $0.0.text < $1.0.text }
    }

    /// The metrics that Prometheus expects of every process, from /proc.
    private func processFamilies() -> [MetricFamily] {
        var started = MetricFamily(
            common: "process_start_time_seconds", .gauge, "When the process started, in seconds since 1970.")
        started.add(Double(start) / 1000)
        var families = [started]
        let stat = (try? FileSystem.read("/proc/self/stat", limit: 4096)).map { String(decoding: $0, as: UTF8.self) }
        // The name of the program is in parentheses and may have spaces.
        let fields = stat?.split(separator: ")").last?.split(separator: " ") ?? []
        if fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
            let pages = Int(fields[21])
        {
            var cpu = MetricFamily(common: "process_cpu_seconds_total", .counter, "Processor time in seconds.")
            // The kernel tells times in hundredths of a second, whatever its own clock is (USER_HZ).
            cpu.add((user + system) / 100)
            var memory = MetricFamily(common: "process_resident_memory_bytes", .gauge, "Resident memory in bytes.")
            memory.add(pages * 4096)
            families += [cpu, memory]
        }
        var files = MetricFamily(common: "process_open_fds", .gauge, "Open files and sockets.")
        files.add(FileSystem.names(in: "/proc/self/fd").count)
        var limit = MetricFamily(common: "process_max_fds", .gauge, "How many files and sockets may be open.")
        limit.add(OpenFiles.limit)
        return families + [files, limit]
    }
}
