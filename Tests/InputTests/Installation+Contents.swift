import JSON
import Postgres
import TestSupport

extension Installation {
    /// Every table with what is in it, and every sequence.
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

    /// A database with something of everything, on which a bad input could do harm.
    static func withEverything() throws -> Installation {
        let installation = try Installation.make(["POSTBACKS_ALLOW_CIDRS": ""])
        try installation.ask("configureOffer", ["offerId": "o", "goalsEnabled": true, "goals": [["id": "g1"]]])
        try installation.ask("configureAffiliate", ["affiliateId": "a"])
        try installation.ask(
            "createPostback",
            [
                "offerId": "o", "affiliateId": "a", "conversionStatus": "pending", "url": "http://t.example/{status}",
                "httpType": "GET",
            ])
        try installation.ask("recordConversion", ["offerId": "o", "affiliateId": "a", "transactionId": "t"])
        return installation
    }
}
