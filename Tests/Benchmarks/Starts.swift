import System
import TestSupport

/// Cold starts: the time of one call from the start of the process to its end, in turns with a program that does nothing.
func measureStarts(_ workbench: Workbench, _ size: Size, _ table: inout Table) throws {
    say("cold starts: \(size.starts) rounds")
    var nothing: [Double] = []
    var recording: [Double] = []
    var refusing: [Double] = []
    let environment = workbench.environment()
    for round in 0..<size.starts {
        nothing.append(try time("/bin/true", environment, input: ""))
        let input =
            #"{"offerId":"o1","affiliateId":"a1","transactionId":"s\#(round)","status":"done","payout":"1.50","currency":"USD"}"#
        recording.append(try time(Programs.path("recordConversion"), environment, input: input))
        refusing.append(try time(Programs.path("deliverPostback"), environment, input: "{}"))
    }
    for (name, times) in [("recordConversion with database", recording), ("deliverPostback, input refused", refusing)] {
        table.add(
            "cold start of \(name)", ours: "\(format(times.median, 1)) ms",
            limit: "\(format(nothing.median, 1)) ms, /bin/true",
            ratio: times.median / nothing.median, aim: "< 20 ms")
    }
}

/// The time in milliseconds.
private func time(_ program: String, _ environment: [String: String], input: String) throws -> Double {
    let start = Instant.now
    _ = try ChildProcess.run(program, environment: environment, input: Array(input.utf8), timeout: .seconds(30))
    return start.elapsed.seconds * 1000
}
