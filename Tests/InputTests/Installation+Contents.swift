import JSON
import Postgres
import TestSupport

extension Installation {
    /// All tables with their rows, and all sequences.
    func contents() throws -> String? {
        try value(
            """
            SELECT string_agg(line, E'\\n' ORDER BY line) AS value FROM (
                SELECT table_name || ' ' || query_to_xml(
                    format('SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM %I t', table_name),
                    false, true, '')::text AS line
                FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
                UNION ALL SELECT sequencename || ' ' || coalesce(last_value::text, '') FROM pg_sequences) AS lines
            """)
    }

    /// A database with rows of every kind, which a bad input could damage.
    static func withEverything() throws -> Installation {
        let installation = try Installation.make(["POSTBACKS_ALLOW_CIDRS": ""])
        try installation.configure(
            offer: ["goalsEnabled": true, "goals": [["id": "g1"]]], postbacks: [["url": "http://t.example/{status}"]])
        try installation.record(["transactionId": "t"])
        return installation
    }
}
