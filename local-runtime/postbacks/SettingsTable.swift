import Configuration
import Domain
import Egress
import FunctionRuntime
import Gateway
import Poller
import Secrets
import Store

/// All settings of the functions and the runtime, in one list for `--help` and the README.
enum SettingsTable {
    static let all: [any SettingDescription] = [
        Setting.databaseURL, Setting<EncryptionKeys?>.encryptionKey, Setting<EgressRules>.allowCIDRs,
        Setting<String?>.authoritiesFile, Setting<Proxy?>.proxy, Setting.retrySchedule, Setting<Duration>.timeout,
        Setting<Duration>.connectTimeout, Setting.lease,
        Setting.orderHold, Setting.concurrency, Setting.destinationConcurrency, Setting.attemptDays,
        Setting<Int?>.historyDays, Setting.functions, Setting<[RemoteFunction]>.invoke,
        Setting<Secret?>.invokeAuthorization, Setting.home, Setting<[String]>.hosts, Setting<PostbackURL?>.alertURL,
        Setting<Secret?>.alertSecret, Setting.logLevel,
    ]

    /// The table for a terminal of 80 columns.
    static var text: String {
        let lines = all.flatMap { setting in
            ["  \(setting.name)"] + wrapped("\(setting.meaning) (default: \(shown(setting.fallback)))", indent: 6)
        }
        return "SETTINGS (environment; each also as NAME_FILE, a file that holds the value):\n"
            + lines.joined(separator: "\n")
    }

    /// The rows of the README's table.
    static var markdownRows: [String] {
        all.map { "| `\($0.name)` | \(shown($0.fallback)) | \($0.meaning) |" }
    }

    private static func shown(_ fallback: String) -> String { fallback.isEmpty ? "empty" : fallback }

    private static func wrapped(_ text: String, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines = [margin]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].count + word.count > 77 { lines.append(margin) }
            lines[lines.count - 1] += lines[lines.count - 1].count > indent ? " \(word)" : String(word)
        }
        return lines
    }
}
