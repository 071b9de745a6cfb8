package import Postgres

/// The setup of a session of the poller: parameters, checks of its rights, and a channel to listen on.
package struct SessionSetup: Sendable {
    private let settings: [(name: String, value: String)]
    /// Set in a session of its own only: in a shared one they would cost each transaction more than they bring.
    private let ownSettings: [(name: String, value: String)]
    private let checks: [any StoredCall]
    private let channel: String?

    init(
        settings: [(name: String, value: String)], ownSettings: [(name: String, value: String)] = [],
        checks: [any StoredCall], channel: String? = nil
    ) {
        self.settings = settings
        self.ownSettings = ownSettings
        self.checks = checks
        self.channel = channel
    }

    /// The calls for a new connection. In a shared session nothing may be set, because other clients would find it.
    package func calls(isShared: Bool) -> [Call] {
        // The checks come first: on a standby they say what it is, while LISTEN only fails.
        let checks = checks.map(\.call)
        return isShared ? checks : [ApplySettings(settings + ownSettings, forTransaction: false).call] + checks + listen
    }

    /// Whether the session listens to announcements.
    package var isListening: Bool { channel != nil }

    /// The call that begins each transaction in a shared session.
    package var transactionStart: Call { ApplySettings(settings, forTransaction: true).call }

    private var listen: [Call] {
        channel.map { [Call(Statement(name: "", text: "LISTEN \($0)"), [:])] } ?? []
    }
}

/// Sets parameters of the server, for the session or for the transaction.
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
