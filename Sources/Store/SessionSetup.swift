package import Postgres

/// What a session of the poller needs before it is used: parameters, the right to work here, and a channel.
package struct SessionSetup: Sendable {
    private let settings: [(name: String, value: String)]
    private let checks: [Statement]
    private let channel: String?

    init(settings: [(name: String, value: String)], checks: [Statement], channel: String? = nil) {
        self.settings = settings
        self.checks = checks
        self.channel = channel
    }

    /// What a new connection begins with. In a session that is shared nothing is left behind: others would find it.
    package func calls(isShared: Bool) -> [Call] {
        // The checks come first: of a standby they say what it is, and LISTEN only that it does not work there.
        let checks = checks.map { Call($0) }
        return isShared ? checks : [apply(forTransaction: false)] + checks + listen
    }

    /// Whether it waits for what commits announce.
    package var isListening: Bool { channel != nil }

    /// What each transaction begins with in a session that is shared.
    package var transactionStart: Call { apply(forTransaction: true) }

    private func apply(forTransaction: Bool) -> Call {
        Call(
            .applySettings,
            [.array(settings.map(\.name)), .array(settings.map(\.value)), .bool(forTransaction)])
    }

    private var listen: [Call] {
        channel.map { [Call(Statement(name: "", sql: "LISTEN \($0)"))] } ?? []
    }
}
