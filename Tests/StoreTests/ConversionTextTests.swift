import Postgres
import TestSupport
import TestThreads
import Testing

/// The function of the schema that writes a conversion's JSON as text.
@Suite(.ownThreads) struct ConversionTextTests {
    private let connection: Connection

    /// Values that JSON must escape, empty values, and missing values.
    init() throws {
        connection = try TestDatabase.withTables().connect()
        try connection.execute(
            script: #"""
                INSERT INTO offers (id, name) VALUES ('o"1', 'Offer');
                INSERT INTO goals (offer_id, id, name, position) VALUES ('o"1', 'g\1', 'Goal', 1);
                INSERT INTO conversions (offer_id, affiliate_id, goal_id, transaction_id, click_id, status, status_reason, payout,
                    revenue, sale_amount, currency, ip, country, user_agent, clicked_at, occurred_at, params)
                SELECT 'o"1', 'a' || t.text, CASE WHEN n % 2 = 0 THEN 'g\1' END, 't' || n || t.text,
                    CASE WHEN n % 3 = 0 THEN t.text END, 'pending', nullif(t.text, ''), p.payout, -p.payout, p.payout * 2,
                    CASE WHEN n % 2 = 1 THEN 'EUR' END, CASE WHEN n % 2 = 1 THEN '2001:db8::1' END,
                    CASE WHEN n % 2 = 1 THEN 'DE' END, t.text, CASE WHEN n % 3 = 1 THEN '0001-01-01T00:00:00Z'::timestamptz END,
                    '2026-01-02T03:04:05.678901Z', CASE WHEN n % 2 = 0 THEN json_build_object('sub1', t.text, t.text || 'x', '') END
                FROM unnest(ARRAY['', 'plain', 'a"b', 'a\b', E'tab\tline\nend\r', E'\u0001\u001f\u007f\u2028', 'é 👩‍👩‍👧 {x}', '</script>&amp;',
                    '\u0041', '%s$1']) WITH ORDINALITY AS t(text, n)
                CROSS JOIN unnest(ARRAY[NULL, 0, 12.30, 12345678901234567890.123456789012345678]) WITH ORDINALITY AS p(payout, m)
                WHERE m = n % 4 + 1;
                """#)
    }

    @Test func `it is what PostgreSQL makes of the same values, without those that are null`() throws {
        let rows = try connection.run(
            #"""
            SELECT conversion_json(c, names.offer, names.affiliate, names.goal)::text AS written,
                jsonb_strip_nulls(jsonb_build_object(
                    'id', c.id, 'sequence', c.sequence, 'status', c.status, 'statusReason', c.status_reason,
                    'offer', jsonb_build_object('id', c.offer_id, 'name', names.offer),
                    'goal', CASE WHEN c.goal_id IS NOT NULL THEN jsonb_build_object('id', c.goal_id, 'name', names.goal) END,
                    'affiliate', jsonb_build_object('id', c.affiliate_id, 'name', names.affiliate),
                    'transactionId', c.transaction_id, 'clickId', c.click_id, 'payout', c.payout::text,
                    'revenue', c.revenue::text, 'saleAmount', c.sale_amount::text, 'currency', c.currency, 'ip', c.ip,
                    'country', c.country, 'userAgent', c.user_agent, 'clickedAt', rfc3339(c.clicked_at),
                    'occurredAt', rfc3339(c.occurred_at), 'params', c.params, 'createdAt', rfc3339(c.created_at),
                    'updatedAt', rfc3339(c.updated_at)))
                = conversion_json(c, names.offer, names.affiliate, names.goal)::jsonb AS is_same
            FROM conversions c
            CROSS JOIN (VALUES ('Offer', 'Affiliate', 'Goal'), ('"', '\', E'\n'), ('', '', ''), (NULL, NULL, NULL))
                AS names(offer, affiliate, goal)
            """#)
        #expect(rows.count == 40)
        for row in rows { #expect(row.bool("is_same") == true, "\(row.text("written") ?? "")") }
    }

    @Test func `of no conversion there is no object`() throws {
        let rows = try connection.run("SELECT conversion_json(NULL::conversions, 'o', 'a', 'g')::text AS value")
        #expect(rows.first?.text("value") == nil)
    }
}
