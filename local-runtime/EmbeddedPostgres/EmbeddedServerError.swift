package import System

/// Why the embedded server does not run.
package enum EmbeddedServerError: Error, Equatable, CustomStringConvertible {
    /// No folder contains PostgreSQL's programs in a usable version; lists the folders and what was found.
    case programsNotFound(lookedAt: [String])
    /// The cluster was made by a major version that is not installed.
    case versionMissing(Int, lookedAt: [String])
    /// Another process of this machine runs the server of this home folder.
    case homeInUse(String)
    /// There is no user to run the server as instead of root, or no program to switch to it.
    case noUnprivilegedUser(String)
    /// The folder for the socket exists, but belongs to another user, or others may enter it.
    case unsafeFolder(String)
    /// `initdb` failed; its output.
    case initializationFailed(String)
    case didNotStart(String)
    case didNotStop(process: Int32)
    /// The caller was interrupted before the server was ready.
    case interrupted
    case system(SystemError)

    package var description: String {
        switch self {
        case .programsNotFound(let places):
            """
            PostgreSQL \(ServerPrograms.oldestVersion) or newer was not found. Looked at:
            \(places.map { "  \($0)\n" }.joined())Install it (Debian, Ubuntu: apt-get install postgresql), or set DATABASE_URL \
            to an existing database.
            """
        case .versionMissing(let version, let places):
            """
            PostgreSQL \(version) wrote the data, and it was not found. Looked at:
            \(places.map { "  \($0)\n" }.joined())Install it (Debian, Ubuntu: apt-get install postgresql-\(version)).
            """
        case .interrupted: "PostgreSQL was stopped during its start"
        case .homeInUse(let home): "the database in \(home) is in use by another process"
        case .noUnprivilegedUser(let reason): "PostgreSQL cannot run as root, and \(reason)"
        case .unsafeFolder(let path): "\(path) belongs to another user or is open to others"
        case .initializationFailed(let text): "initdb failed: \(text)"
        case .didNotStart(let text): "PostgreSQL did not start: \(text)"
        case .didNotStop(let process): "PostgreSQL (process \(process)) does not stop"
        case .system(let error): error.description
        }
    }
}

/// Runs system calls and turns their errors into errors of this module.
func system<T>(_ body: () throws(SystemError) -> T) throws(EmbeddedServerError) -> T {
    do {
        return try body()
    } catch {
        throw .system(error)
    }
}
