import CEmbedded

/// A file of this project whose bytes are in the program.
package struct EmbeddedFile: Sendable {
    /// The file's name; for a fixture `FUNCTION/FIXTURE`.
    package let name: String
    package let bytes: [UInt8]

    /// The files of the console.
    package static let console: [EmbeddedFile] = (0..<console_file_count()).compactMap {
        unsafe EmbeddedFile(console_file($0))
    }

    /// The fixtures of all functions, the usual one of each function first.
    package static let fixtures: [EmbeddedFile] = (0..<fixture_count()).compactMap {
        unsafe EmbeddedFile(fixture($0))
    }

    private init?(_ file: embedded_file) {
        guard let name = unsafe file.name, let bytes = unsafe file.bytes else { return nil }
        self.name = unsafe String(cString: name)
        self.bytes = unsafe Array(UnsafeBufferPointer(start: bytes, count: file.length))
    }
}
