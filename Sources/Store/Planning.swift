import FunctionRuntime
import Postgres

/// How the statements of one transaction are planned.
enum Planning {
    /// As the server finds best.
    case automatic
    /// Each time for the values that it is given: one plan for all filters would walk whole tables.
    case anew
    /// Once for all values, by indexes in the order of a list: making a plan takes longer than reading a page. A bitmap would find
    /// all of an affiliate's rows first, to sort them, for a page of ten.
    case once

    /// The call that begins the transaction. The server compiles nothing in it: it would do so for each call anew where the tables
    /// are large, since it goes by how many rows might be read; with 10,000,000 deliveries that took 100 ms of a page of ten,
    /// which is read in 2.
    fileprivate var start: ApplySettings {
        let settings: [(name: String, value: String)] =
            switch self {
            case .automatic: []
            case .anew: [("plan_cache_mode", "force_custom_plan")]
            case .once: [("plan_cache_mode", "force_generic_plan"), ("enable_bitmapscan", "off")]
            }
        return ApplySettings(settings + [("jit", "off")], forTransaction: true)
    }
}

extension RoundTrip {
    /// Begins a transaction, to which calls are appended.
    mutating func begin(planned planning: Planning) { add(planning.start) }

    /// Adds a call that is alone in a transaction of its own.
    mutating func add<Stored: StoredCall>(_ stored: Stored, planned planning: Planning) -> Ticket<Stored> {
        begin(planned: planning)
        return append(stored)
    }
}

extension Database {
    /// One call in a transaction of its own.
    func run<Stored: StoredCall>(_ stored: Stored, planned planning: Planning) throws(FunctionError) -> Stored.Answer {
        var trip = RoundTrip()
        let ticket = trip.add(stored, planned: planning)
        return try run(trip).answer(ticket)
    }
}
