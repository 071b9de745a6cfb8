import System

/// The paths of PostgreSQL's server and `initdb`.
struct ServerPrograms: Equatable {
    static let oldestVersion = 15

    let folder: String
    /// The major version.
    let version: Int

    var postgres: String { "\(folder)/postgres" }
    var initdb: String { "\(folder)/initdb" }

    /// Finds the first usable programs: in PATH, where `pg_config` points, then in the folders of the distributions,
    /// newest first. `clusterVersion` is the version that made the cluster, which is the only one that can run it.
    static func find(clusterVersion: Int?) throws(EmbeddedServerError) -> ServerPrograms {
        var lookedAt: [String] = []
        for folder in folders() {
            guard let version = version(of: "\(folder)/postgres"), Executable.isExecutable("\(folder)/initdb") else {
                lookedAt.append("\(folder): nothing")
                continue
            }
            if version >= oldestVersion, version == clusterVersion ?? version {
                return ServerPrograms(folder: folder, version: version)
            }
            lookedAt.append("\(folder): version \(version)")
        }
        if let clusterVersion { throw .versionMissing(clusterVersion, lookedAt: lookedAt) }
        throw .programsNotFound(lookedAt: lookedAt)
    }

    private static func folders() -> [String] {
        var folders: [String] = []
        if let found = Executable.find("postgres").flatMap(FileSystem.resolve) {
            folders.append(FileSystem.parent(of: found))
        } else {
            folders.append("the folders in PATH")
        }
        if let config = Executable.find("pg_config"),
            let outcome = try? ChildProcess.run(config, ["--bindir"], timeout: .seconds(10)),
            outcome.status == .exited(0)
        {
            folders.append(String(outcome.text.prefix { $0 != "\n" }))
        }
        folders += numbered(in: "/usr/lib/postgresql", prefix: "")
        folders += numbered(in: "/usr", prefix: "pgsql-")
        folders.append("/usr/local/pgsql/bin")
        var seen: Set<String> = []
        return folders.filter { seen.insert($0).inserted }
    }

    /// The numbered folders, newest first: `17/bin` before `15/bin`.
    private static func numbered(in folder: String, prefix: String) -> [String] {
        let versions = FileSystem.names(in: folder).compactMap { name in
            name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
        }
        return versions.sorted(by: >).map { "\(folder)/\(prefix)\($0)/bin" }
    }

    /// Reads the version from output such as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
    private static func version(of program: String) -> Int? {
        guard Executable.isExecutable(program),
            let outcome = try? ChildProcess.run(program, ["--version"], timeout: .seconds(10)),
            outcome.status == .exited(0),
            let version = outcome.text.split(separator: ") ").dropFirst().first
        else { return nil }
        return Int(version.prefix { $0.isNumber })
    }
}
