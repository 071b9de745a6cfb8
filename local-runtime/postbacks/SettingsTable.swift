import Egress
import FunctionRuntime
import Poller
import Postbacks
import Secrets
import Store

/// All settings of functions and runtime: what `--help` prints and the README shows.
enum SettingsTable {
    static let all: [any SettingDescription] = [
        Setting.databaseURL, Setting<EncryptionKeys?>.encryptionKey, Setting<EgressRules>.allowCIDRs, Setting.retrySchedule,
        Setting<Double>.timeout, Setting<Double>.connectTimeout, Setting.lease, Setting.orderHold,
        Setting.concurrency, Setting.destinationConcurrency, Setting.attemptDays, Setting.functions, Setting.home,
        Setting.logLevel,
    ]

    static var text: String {
        let lines = all.map { "  \($0.name) (default: \($0.fallback.isEmpty ? "empty" : $0.fallback))\n      \($0.meaning)" }
        return "SETTINGS (environment; each also as NAME_FILE, a file that holds the value):\n" + lines.joined(separator: "\n")
    }
}
