package import Postgres

/// The functions that may be called with a key.
package enum Scope: String, ColumnValue, Sendable, CaseIterable {
    /// The functions that record conversions and change their statuses.
    case record
    /// Every function.
    case manage
    /// The functions that only read.
    case read

    /// Whether a key of this scope may make calls that need the other scope.
    package func allows(_ other: Scope) -> Bool { self == .manage || self == other }
}

/// Creates a key.
package struct CreateKey: StoredCall {
    package let name: String
    package let scope: Scope
    /// The SHA-256 of the key's secret.
    package let digest: [UInt8]
    /// The number of seconds for which it is valid; nil for ever.
    package let seconds: Int?
    package let limits: KeyLimits

    package init(name: String, scope: Scope, digest: [UInt8], seconds: Int?, limits: KeyLimits = .none) {
        self.name = name
        self.scope = scope
        self.digest = digest
        self.seconds = seconds
        self.limits = limits
    }

    package struct Answer {
        package let id: Int
        package let expiresAt: String?
    }

    package static let statement = Statement(name: "create_key", bytes: PackageResources.create_key_sql)

    package var arguments: Arguments {
        [
            "name": .text(name), "scope": .text(scope.rawValue), "digest": .bytea(digest),
            "seconds": .optional(seconds), "affiliate_id": .optional(limits.affiliateID),
            "offer_id": .optional(limits.offerID),
        ]
    }

    package func answer(_ rows: Rows) throws(PostgresError) -> Answer {
        let row = try rows.single()
        return Answer(id: try row.required("id"), expiresAt: try row.optional("expires_at"))
    }
}

/// Lists all keys.
package struct ListKeys: StoredCall {
    package init() {}

    package struct Key {
        package let id: Int
        package let name: String
        package let scope: Scope
        package let limits: KeyLimits
        /// `valid`, `expired` or `revoked`.
        package let state: String
        package let createdAt: String
        package let expiresAt: String?
        package let revokedAt: String?
        package let usedAt: String?
    }

    package static let statement = Statement(name: "list_keys", bytes: PackageResources.list_keys_sql)

    package func answer(_ rows: Rows) throws(PostgresError) -> [Key] {
        var keys: [Key] = []
        for row in rows {
            keys.append(
                Key(
                    id: try row.required("id"), name: try row.required("name"), scope: try row.required("scope"),
                    limits: try KeyLimits(row), state: try row.required("state"),
                    createdAt: try row.required("created_at"),
                    expiresAt: try row.optional("expires_at"), revokedAt: try row.optional("revoked_at"),
                    usedAt: try row.optional("used_at")))
        }
        return keys
    }
}

/// Loads the keys that are valid now.
package struct LoadKeys: StoredCall {
    package init() {}

    package struct Key: Sendable {
        package let id: Int
        package let name: String
        package let scope: Scope
        /// The SHA-256 of the key's secret, in hexadecimal digits.
        package let digest: String
        /// The time for which it stays valid; nil for ever.
        package let milliseconds: Int?
        package let limits: KeyLimits

        package init(
            id: Int, name: String, scope: Scope, digest: String, milliseconds: Int?, limits: KeyLimits = .none
        ) {
            self.id = id
            self.name = name
            self.scope = scope
            self.digest = digest
            self.milliseconds = milliseconds
            self.limits = limits
        }
    }

    package struct Answer: Sendable {
        package let keys: [Key]
        /// Whether there is any key, also one that is not valid any more.
        package let exist: Bool

        package init(keys: [Key], exist: Bool) {
            self.keys = keys
            self.exist = exist
        }
    }

    package static let statement = Statement(name: "load_keys", bytes: PackageResources.load_keys_sql)

    package func answer(_ rows: Rows) throws(PostgresError) -> Answer {
        var keys: [Key] = []
        for row in rows {
            guard let id: Int = try row.optional("id") else { continue }
            keys.append(
                Key(
                    id: id, name: try row.required("name"), scope: try row.required("scope"),
                    digest: try row.required("digest"), milliseconds: try row.optional("milliseconds"),
                    limits: try KeyLimits(row)))
        }
        return Answer(keys: keys, exist: try rows.single().required("exist"))
    }
}

extension KeyLimits {
    fileprivate init(_ row: Row) throws(PostgresError) {
        self.init(affiliateID: try row.optional("affiliate_id"), offerID: try row.optional("offer_id"))
    }
}

/// Revokes a key.
package struct RevokeKey: StoredCall {
    package let id: Int

    package init(id: Int) { self.id = id }

    package struct Revoked {
        package let name: String
        /// Whether it was not revoked before.
        package let isNew: Bool
    }

    package static let statement = Statement(name: "revoke_key", bytes: PackageResources.revoke_key_sql)

    package var arguments: Arguments { ["id": .int(id)] }

    /// Nil if there is no such key.
    package func answer(_ rows: Rows) throws(PostgresError) -> Revoked? {
        guard let row = rows.first else { return nil }
        return Revoked(name: try row.required("name"), isNew: try row.required("is_new"))
    }
}

/// Stores that keys were used now.
package struct TouchKeys: StoredCall {
    package let ids: [Int]

    package init(ids: [Int]) { self.ids = ids }

    package static let statement = Statement(name: "touch_keys", bytes: PackageResources.touch_keys_sql)

    package var arguments: Arguments { ["ids": .integers(ids)] }
}
