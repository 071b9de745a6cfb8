import System

/// The files of this project, for tests that compare its documents and lists with its code.
package enum Repository {
    package static let root = FileSystem.resolve("\(FileSystem.parent(of: #filePath))/../..") ?? "."

    /// The names of the functions, which are the folders in `functions`.
    package static let functions = folders(in: "functions")

    /// The text of a file. `path` is relative to the root.
    package static func text(_ path: String) throws -> String {
        String(decoding: try FileSystem.read("\(root)/\(path)", limit: 1 << 22), as: UTF8.self)
    }

    /// Whether a file or folder exists.
    package static func has(_ path: String) -> Bool { FileSystem.kind(of: "\(root)/\(path)") != nil }

    /// The sorted names of the folders in a folder.
    package static func folders(in path: String) -> [String] {
        FileSystem.names(in: "\(root)/\(path)").filter { FileSystem.kind(of: "\(root)/\(path)/\($0)") == .folder }
            .sorted()
    }

    /// The paths of all Swift files in a folder and its subfolders, relative to the root and sorted.
    package static func swiftFiles(in path: String) -> [String] {
        let files = FileSystem.names(in: "\(root)/\(path)").filter { $0.hasSuffix(".swift") }.map { "\(path)/\($0)" }
        return (files + folders(in: path).flatMap { swiftFiles(in: "\(path)/\($0)") }).sorted()
    }
}
