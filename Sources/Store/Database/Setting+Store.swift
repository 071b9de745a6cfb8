package import FunctionRuntime
import Input

extension Setting<String> {
    package static var databaseURL: Setting {
        Setting(
            "DATABASE_URL", whenMissing: "libpq's PG* variables; the runtime: its embedded server",
            "the database, as a URI or key=value text of libpq"
        ) { text in text ?? "" }
    }
}

extension Setting<Duration> {
    package static var orderHold: Setting {
        Setting(
            "POSTBACKS_ORDER_HOLD", default: "600",
            "seconds for which a later event of a conversion waits for an earlier one"
        ) { text throws(Invalid) in
            guard let seconds = Double(text), (0...86_400).contains(seconds) else {
                throw Invalid("must be seconds from 0 to 86400, such as 600")
            }
            return .seconds(seconds)
        }
    }
}

extension Database {
    /// The settings of every function that needs the database.
    package static var settings: [any SettingDescription] { [Setting.databaseURL, Setting.logLevel] }
}
