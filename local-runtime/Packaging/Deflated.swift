import System

/// Bytes compressed with DEFLATE (RFC 1951). The program gzip does it, which every Debian system has. The same bytes
/// always give the same result.
struct Deflated: Sendable {
    /// The compressed bytes, without gzip's head and end.
    let bytes: [UInt8]
    let checksum: UInt32
    let size: UInt32

    /// RFC 1952: ten bytes before the data of a file without a name, and its checksum and size behind.
    private static let headLength = 10
    private static let endLength = 8

    init(_ content: [UInt8]) throws {
        guard let gzip = Executable.find("gzip") else {
            throw PackagingError("there is no program gzip in PATH, which compresses what a package contains")
        }
        let outcome = try ChildProcess.run(gzip, ["--best", "--no-name", "--stdout"], input: content)
        let output = outcome.output
        guard outcome.status == .exited(0), output.count >= Deflated.headLength + Deflated.endLength,
            output.starts(with: [0x1F, 0x8B, 8, 0])
        else { throw PackagingError("gzip has failed (\(outcome.status)): \(outcome.errorText)") }
        bytes = Array(output[Deflated.headLength..<(output.count - Deflated.endLength)])
        let end = output.suffix(Deflated.endLength)
        checksum = end.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
        size = end.suffix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
