package import Postgres

/// What a session of the poller needs before it is used: parameters, the right to work here, and a channel.
package struct SessionSetup: Sendable {
    private let settings: [(name: String, value: String)]
    private let checks: [any StoredCall]
    private let channel: String?

    init(settings: [(name: String, value: String)], checks: [any StoredCall], channel: String? = nil) {
        self.settings = settings
        self.checks = checks
        self.channel = channel
    }

    /// What a new connection begins with. In a session that is shared nothing is left behind: others would find it.
    package func calls(isShared: Bool) -> [Call] {
        // The checks come first: of a standby they say what it is, and LISTEN only that it does not work there.
        let checks = checks.map(\.call)
        return isShared ? checks : [ApplySettings(settings, forTransaction: false).call] + checks + listen
    }

    /// Whether it waits for what commits announce.
    package var isListening: Bool { channel != nil }

    /// What each transaction begins with in a session that is shared.
    package var transactionStart: Call { ApplySettings(settings, forTransaction: true).call }

    private var listen: [Call] {
        channel.map { [Call(Statement(name: "", text: "LISTEN \($0)"), [:])] } ?? []
    }
}

/// Gives parameters of the server their values, for the session or for the transaction.
package struct ApplySettings: StoredCall {
    package let settings: [(name: String, value: String)]
    package let forTransaction: Bool

    package init(_ settings: [(name: String, value: String)], forTransaction: Bool) {
        self.settings = settings
        self.forTransaction = forTransaction
    }

    package static let statement = Statement(name: "apply_settings", bytes: PackageResources.apply_settings_sql)

    package var arguments: Arguments {
        [
            "for_transaction": .bool(forTransaction), "names": .array(settings.map(\.name)),
            "values": .array(settings.map(\.value)),
        ]
    }
}
