import FunctionRuntime
import Postgres

/// How the server plans the statements of one transaction.
enum Planning {
    /// The server decides.
    case automatic
    /// A new plan for the given values each time: one plan for all filters would scan whole tables.
    case anew
    /// One plan for all values, by indexes in the order of a list: planning takes longer than reading a page. A bitmap
    /// scan would first find and sort all rows of an affiliate for a page of ten. So would a sort where an index gives
    /// only a part of the order: the planner takes each filter that may be null for one that leaves a single row.
    case once

    /// The call that begins the transaction. It turns JIT compilation off: on large tables the server would compile
    /// each call anew, because it goes by the number of rows that might be read. With 10,000,000 deliveries that took
    /// 100 ms for a page of ten, which is read in 2 ms.
    fileprivate var start: ApplySettings {
        let settings: [(name: String, value: String)] =
            switch self {
            case .automatic: []
            case .anew: [("plan_cache_mode", "force_custom_plan")]
            case .once:
                [("plan_cache_mode", "force_generic_plan"), ("enable_bitmapscan", "off"), ("enable_sort", "off")]
            }
        return ApplySettings(settings + [("jit", "off")], forTransaction: true)
    }
}

extension RoundTrip {
    /// Begins a transaction, to which calls are appended.
    mutating func begin(planned planning: Planning) { add(planning.start) }

    /// Adds a call as a transaction of its own.
    mutating func add<Stored: StoredCall>(_ stored: Stored, planned planning: Planning) -> Ticket<Stored> {
        begin(planned: planning)
        return append(stored)
    }
}

extension Database {
    /// Runs one call in a transaction of its own.
    func run<Stored: StoredCall>(_ stored: Stored, planned planning: Planning) throws(FunctionError) -> Stored.Answer {
        var trip = RoundTrip()
        let ticket = trip.add(stored, planned: planning)
        return try run(trip).answer(ticket)
    }
}
