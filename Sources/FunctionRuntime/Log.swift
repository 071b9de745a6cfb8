import Input
package import JSON
package import Logging
import System
import Text

/// Writes one JSON object for each log line to standard error. The text is escaped so that data of a caller or receiver
/// cannot break a line.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let label: String

    package init(label: String, level: Logger.Level) {
        self.label = label
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let metadata = metadata.merging(event.metadata ?? [:]) { $1 }
        let values = metadata.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value.description)) }
        // If the log cannot be written, there is nowhere to report that.
        try? Descriptor.standardError.writeAll(
            LogLine.bytes(event.level, from: label, event.message.description, values))
    }
}

/// The form of one line of the log.
package enum LogLine {
    /// The line with its end. `values` are in the order of their names.
    package static func bytes(
        _ level: Logger.Level, from label: String, _ message: String, _ values: [JSON.Member]
    ) -> [UInt8] {
        let members = [
            JSON.Member("time", .string(WallClock.rfc3339)), JSON.Member("level", .string(level.rawValue)),
            JSON.Member("from", .string(label)), JSON.Member("message", .string(message)),
        ]
        var line = JSON.object(members + values).bytes
        if !line.allSatisfy({ $0 < 0x80 }) {
            line = Array(String(decoding: line, as: UTF8.self).escapingLineBreaks.utf8)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }
}

extension String {
    /// Escapes Unicode's line and paragraph separators and its invisible format characters, which JSON leaves as they
    /// are. They could break a line or reorder the text on a terminal.
    fileprivate var escapingLineBreaks: String {
        guard unicodeScalars.contains(where: \.isInvisible) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            guard scalar.isInvisible else { return text.unicodeScalars.append(scalar) }
            for unit in String(scalar).utf16 {
                text += "\\u" + unit.hexadecimal(digits: 4)
            }
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isInvisible: Bool {
        guard !isASCII else { return false }
        switch properties.generalCategory {
        case .lineSeparator, .paragraphSeparator, .format: return true
        default: return false
        }
    }
}

extension Logger {
    /// A logger for a program or function, with the level of `LOG_LEVEL`.
    package init(named name: String, _ settings: Settings) throws(FunctionError) {
        let level = try settings(.logLevel)
        self.init(label: name) { JSONLogHandler(label: $0, level: level) }
    }
}

extension Setting where Value == Logger.Level {
    package static var logLevel: Setting {
        Setting("LOG_LEVEL", default: "info", "the least level that is logged: \(words)") { text throws(Invalid) in
            guard let level = Logger.Level(rawValue: text.lowercased()) else {
                throw Invalid("must be one of \(words)")
            }
            return level
        }
    }

    private static var words: String { Logger.Level.allCases.map(\.rawValue).joined(separator: ", ") }
}

extension Settings {
    /// The same settings with a log of warnings and errors only. An invalid level is kept, so that it is reported.
    var withQuietLog: Settings {
        guard let level = try? self(.logLevel), level < .warning else { return self }
        return replacing("LOG_LEVEL", with: Logger.Level.warning.rawValue)
    }
}
