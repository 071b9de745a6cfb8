package import Domain
package import FunctionRuntime
import Input

extension Setting<RetrySchedule> {
    package static var retrySchedule: Setting<RetrySchedule> {
        Setting(
            "POSTBACKS_RETRY_SCHEDULE", default: RetrySchedule.standard.description,
            "waits in seconds (decimals allowed) between attempts; the number of attempts is one more"
        ) { text throws(Invalid) in try RetrySchedule(parsing: text) }
    }
}

extension Setting<Duration> {
    package static var timeout: Setting {
        seconds("POSTBACKS_TIMEOUT", default: "20", "seconds for one attempt, the body included")
    }

    package static var connectTimeout: Setting {
        seconds("POSTBACKS_CONNECT_TIMEOUT", default: "5", "seconds for looking up the address and connecting")
    }

    private static func seconds(_ name: String, default fallback: String, _ meaning: String) -> Setting {
        Setting(name, default: fallback, meaning) { text throws(Invalid) in
            guard let seconds = Double(text), (0.001...3600).contains(seconds) else {
                throw Invalid("must be seconds from 0.001 to 3600, such as \(fallback)")
            }
            return .seconds(seconds)
        }
    }
}
