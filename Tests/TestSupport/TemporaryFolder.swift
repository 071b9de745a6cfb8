package import POSIX

/// A folder in `/tmp` that is removed with its last reference.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// - Parameter mode: 0o711 lets the unprivileged user of root's server through.
    package init(mode: UInt32 = 0o711) throws(SystemError) {
        path = try FileSystem.makeTemporaryFolder("/tmp/postbacks-test-")
        try FileSystem.setMode(mode, of: path)
    }

    deinit {
        try? FileSystem.removeTree(path)
    }
}
