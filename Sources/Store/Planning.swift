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

    fileprivate var settings: [(name: String, value: String)] {
        switch self {
        case .automatic: []
        case .anew: [("plan_cache_mode", "force_custom_plan")]
        case .once: [("plan_cache_mode", "force_generic_plan"), ("enable_bitmapscan", "off")]
        }
    }
}

extension Call {
    /// Stands before the other calls of a transaction. The server compiles nothing for them: it would do so for each call anew where
    /// the tables are large, since it goes by how many rows might be read; with 10,000,000 deliveries that took 100 ms of a page of
    /// ten, which is read in 2.
    static func plan(_ planning: Planning) -> Call {
        ApplySettings(planning.settings + [("jit", "off")], forTransaction: true).call
    }
}
