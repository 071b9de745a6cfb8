import Postgres

@testable import Store

extension Connection {
    /// The server's plans of a call, for the values that are given and for any.
    func plans(of stored: some StoredCall) throws -> [String] {
        try ["force_custom_plan", "force_generic_plan"].map { mode in
            _ = try run(ApplySettings([("plan_cache_mode", mode), ("jit", "off")], forTransaction: false))
            let explain = Statement(
                name: "explain_\(mode)_\(stored.statement.name)", sql: "EXPLAIN \(stored.statement.sql)")
            return try run(explain, stored.call.parameters).compactMap { $0.text(0) }.joined(separator: "\n")
        }
    }
}
