package import System

/// The programs that packages contain, and the files that they write.
package struct PackagedPrograms: Sendable {
    /// The path of `postbacks`.
    package let postbacks: String
    /// The folder of the functions' executables.
    package let folder: String
    package let functions: [String]
    /// The functions that seal or open secrets, which need the key.
    private let withKey: [String]
    package let version: String

    package init(postbacks: String, folder: String, functions: [String], withKey: [String], version: String) {
        self.postbacks = postbacks
        self.folder = folder
        self.functions = functions
        self.withKey = withKey
        self.version = version
    }

    /// A setting that a platform keeps as a secret, and the secret's name there.
    struct SecretSetting {
        let variable: String
        let name: String
    }

    /// The settings that a function needs and that must not be read by everybody.
    func secrets(of function: String) -> [SecretSetting] {
        var secrets: [SecretSetting] = []
        if function != "deliverPostback" {
            secrets.append(SecretSetting(variable: "DATABASE_URL", name: "postbacks-database-url"))
        }
        if withKey.contains(function) {
            secrets.append(SecretSetting(variable: "POSTBACKS_ENCRYPTION_KEY", name: "postbacks-encryption-key"))
        }
        return secrets
    }

    func path(of function: String) -> String { "\(folder)/\(function)" }

    /// The name of a function on platforms that allow lower case and hyphens only.
    static func lowerCase(_ function: String) -> String { function.lowercased() }
}

/// A folder into which a package is written. Existing files of the same names are replaced.
package struct PackageFolder: Sendable {
    package let path: String

    package init(_ path: String) throws(SystemError) {
        self.path = path
        try FileSystem.makeFolder(path)
    }

    /// Writes a file and the folders above it.
    /// - Returns: its path.
    @discardableResult
    func write(_ bytes: [UInt8], to name: String, mode: UInt32 = 0o644) throws(SystemError) -> String {
        let target = "\(path)/\(name)"
        try FileSystem.makeFolder(FileSystem.parent(of: target))
        let file = try OutputFile(target, mode: mode)
        try file.descriptor.writeAll(bytes)
        try file.complete()
        try FileSystem.setMode(mode, of: target)
        return target
    }

    @discardableResult
    func write(_ text: String, to name: String, mode: UInt32 = 0o644) throws(SystemError) -> String {
        try write(Array(text.utf8), to: name, mode: mode)
    }
}
