package import Input
import JSON
import System

/// The description of a setting for people.
package protocol SettingDescription: Sendable {
    var name: String { get }
    /// The default in the form in which the environment would contain it, or a description of how the default is
    /// determined.
    var fallback: String { get }
    var meaning: String { get }
}

/// One setting, read from an environment variable, or from a file that the variable with the suffix `_FILE` names.
package struct Setting<Value>: SettingDescription {
    package let name: String
    package let fallback: String
    package let meaning: String
    private let parse: @Sendable (String?) throws(Invalid) -> Value

    /// A setting whose default is written like any other value.
    package init(
        _ name: String, default fallback: String, _ meaning: String,
        parse: @escaping @Sendable (String) throws(Invalid) -> Value
    ) {
        self.init(name, whenMissing: fallback, meaning) { text throws(Invalid) in try parse(text ?? fallback) }
    }

    /// A setting for which a missing value has a meaning of its own, described by `fallback`.
    package init(
        _ name: String, whenMissing fallback: String, _ meaning: String,
        parse: @escaping @Sendable (String?) throws(Invalid) -> Value
    ) {
        self.name = name
        self.fallback = fallback
        self.meaning = meaning
        self.parse = parse
    }

    /// Parses a text as this setting's value; nil means that the setting is missing.
    package func read(_ text: String?) -> Result<Value, Invalid> {
        Result { () throws(Invalid) in try parse(text) }
    }
}

/// The settings of a process, from its environment.
package struct Settings: Sendable {
    private let environment: [String: String]

    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// The settings from this process's environment.
    package static var ofThisProcess: Settings { Settings(environment: ProcessEnvironment.all) }

    /// The setting's value, or its default. An empty value counts as missing.
    /// - Throws: `misconfigured` with the setting's name and what would be right. The message never contains the value,
    ///   which may be a secret.
    package func callAsFunction<Value>(_ setting: Setting<Value>) throws(FunctionError) -> Value {
        switch setting.read(try text(setting.name)) {
        case .success(let value): return value
        case .failure(let wrong):
            let fault = Fault(Path.root.member(setting.name), wrong.message)
            throw FunctionError(.misconfigured, "\(setting.name) \(wrong.message)", details: [fault])
        }
    }

    /// Whether the setting is given; its value may be invalid.
    package func has(_ name: String) -> Bool {
        environment[name]?.isEmpty == false || environment["\(name)_FILE"]?.isEmpty == false
    }

    /// The same settings with another value of one of them.
    func replacing(_ name: String, with value: String) -> Settings {
        var environment = environment
        environment["\(name)_FILE"] = nil
        environment[name] = value
        return Settings(environment: environment)
    }

    private func text(_ name: String) throws(FunctionError) -> String? {
        let direct = environment[name].flatMap { $0.isEmpty ? nil : $0 }
        guard let path = environment["\(name)_FILE"], !path.isEmpty else { return direct }
        if direct != nil {
            throw FunctionError(.misconfigured, "\(name) and \(name)_FILE are both set; set one of them")
        }
        return try contents(of: path, for: name)
    }

    private func contents(of path: String, for name: String) throws(FunctionError) -> String {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try FileSystem.read(path, limit: 1 << 20)
        } catch {
            throw FunctionError(.misconfigured, "\(name)_FILE names a file that cannot be read: \(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FunctionError(.misconfigured, "\(name)_FILE names a file that is not text in UTF-8: \(path)")
        }
        let end = text.lastIndex { !$0.isWhitespace }.map { text.index(after: $0) } ?? text.startIndex
        return String(text[..<end].drop { $0.isWhitespace })
    }
}
