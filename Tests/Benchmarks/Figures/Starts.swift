import BenchmarkReport
import JSON
import Postgres
import System
import TestSupport

/// The size and the cold start of every function: the time of one call from the start of the process to its end, in turns with a
/// program that does nothing. A call with bad input needs no database; a call with the function's example does.
func measureStarts(_ workbench: Workbench) throws {
    let functions = Repository.functions
    let world = try workbench.makeWorld("starts")
    try world.configure(offer: "summer-sale", urls: ["http://127.0.0.1:1/"])
    let environment = world.environment()
    var nothing = Calls()
    var refused: [String: Calls] = [:]
    var answered: [String: Calls] = [:]
    for _ in 0..<workbench.size.starts {
        try nothing.time("/bin/true", [], environment, input: [])
        for function in functions {
            try refused[function, default: Calls()].time(
                Programs.path(function), [], environment, input: "[]".utf8, status: 65)
            // deliverPostback has no database.
            if function == "deliverPostback" { continue }
            try answered[function, default: Calls()].time(
                Programs.path(function), [], environment, input: try example(function).utf8, status: nil)
        }
    }
    let sizes = try functions.map { (function: $0, bytes: try size(Programs.path($0))) }
    if let largest = sizes.max(by: { $0.bytes < $1.bytes }) {
        workbench.add(
            Figure(
                "size of the largest of \(sizes.count) functions: \(largest.function)",
                Measure([largest.bytes / 1e6], .megabytes), aim: .atMost(20)))
    }
    for (kind, calls, aim) in [
        ("input refused, without a database", refused, 8), ("with the database", answered, 15),
    ] as [(String, [String: Calls], Double)] {
        guard let slowest = calls.max(by: { $0.value.elapsed.median < $1.value.elapsed.median }) else { continue }
        workbench.add(
            Figure(
                "slowest cold start, \(kind): \(slowest.key)", slowest.value.elapsed,
                limit: .init("/bin/true", nothing.elapsed), aim: .atMost(aim)))
    }
    if let delivery = refused["deliverPostback"] {
        workbench.add(
            Figure(
                "cold start of deliverPostback, input refused", delivery.elapsed,
                limit: .init("/bin/true", nothing.elapsed), aim: .atMost(8)))
    }
    workbench.report.add(
        .init(
            "Functions: size, cold start without and with the database, CPU time with it:",
            ["function", "size", "input refused", "with the database", "its CPU time"],
            sizes.map { function, bytes in
                [
                    function, Unit.megabytes.text(bytes / 1e6), refused[function]?.elapsed.text ?? "",
                    answered[function]?.elapsed.text ?? "", answered[function]?.cpu.text ?? "",
                ]
            }))
    try workbench.drop("starts")
}

/// The input of the function's first example.
private func example(_ function: String) throws -> String {
    let fixtures = FileSystem.names(in: "\(Repository.root)/functions/\(function)/fixtures").filter {
        $0.hasPrefix("success") && $0.hasSuffix(".json")
    }
    guard let first = fixtures.first else { return "{}" }
    return try Repository.text("functions/\(function)/fixtures/\(first)")
}

private func size(_ path: String) throws -> Double {
    Double(try Descriptor.open(path, 0).fileSize ?? 0)
}
