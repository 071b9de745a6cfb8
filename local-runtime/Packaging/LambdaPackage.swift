import System

/// Zips for AWS Lambda on `provided.al2023`, and a SAM template for them. That system's C library is older than the one
/// that the programs are built for, and it has neither libpq nor libcurl: so the libraries, the loader and the bundle of
/// certificates are carried along.
package struct LambdaPackage {
    private let programs: PackagedPrograms
    /// The path of `postbacks-lambda`.
    private let bootstrapProgram: String
    /// Whether libraries and `postbacks-lambda` are in a layer of their own, which all functions share.
    private let hasLayer: Bool
    /// The PEM file with the trusted certificates.
    private let authorities: String

    /// The folder in the zip for everything that does not belong to the function alone.
    private static let shared = "postbacks"
    private static let bootstrapName = "postbacks-lambda"
    private static let authoritiesName = "ca-certificates.crt"
    package static let layerName = "postbacks-layer"

    package init(_ programs: PackagedPrograms, hasLayer: Bool, authorities: String) {
        self.programs = programs
        bootstrapProgram = "\(FileSystem.parent(of: programs.postbacks))/\(LambdaPackage.bootstrapName)"
        self.hasLayer = hasLayer
        self.authorities = authorities
    }

    /// The folder in which Lambda unpacks the shared files: of a layer, or of the function's own zip.
    private var sharedFolder: String { "\(hasLayer ? "/opt" : "/var/task")/\(LambdaPackage.shared)" }
    private var functionsFolder: String { hasLayer ? "/var/task" : sharedFolder }

    /// - Returns: the names of the files, the largest first.
    package func write(to folder: PackageFolder) throws -> [(name: String, size: Int)] {
        guard Executable.isExecutable(bootstrapProgram) else {
            throw PackagingError("there is no \(bootstrapProgram), which runs the functions in a zip")
        }
        let libraries = try LoadedLibraries(of: [bootstrapProgram] + programs.functions.map(programs.path))
        let loader = FileSystem.name(of: libraries.loader)
        var shared: [Entry] = [
            try Entry("\(LambdaPackage.shared)/\(loader)", mode: 0o755, file: libraries.loader),
            try Entry(
                "\(LambdaPackage.shared)/\(LambdaPackage.bootstrapName)", mode: 0o755, program: bootstrapProgram),
            try Entry("\(LambdaPackage.shared)/\(LambdaPackage.authoritiesName)", mode: 0o644, file: authorities),
        ]
        for library in libraries.libraries where library.name != loader {
            shared.append(try Entry("\(LambdaPackage.shared)/\(library.name)", mode: 0o755, file: library.path))
        }
        var written: [(name: String, size: Int)] = []
        func write(_ name: String, _ entries: [Entry]) throws {
            var archive = ZipArchive()
            for entry in entries.sorted(by: { $0.path < $1.path }) {
                archive.add(entry.path, mode: entry.mode, entry.content)
            }
            let bytes = archive.bytes
            try folder.write(bytes, to: name)
            written.append((name, bytes.count))
        }
        if hasLayer { try write("\(LambdaPackage.layerName).zip", shared) }
        for function in programs.functions {
            let own = [
                try Entry("bootstrap", mode: 0o755, Array(bootstrap(of: function, loader: loader).utf8)),
                try Entry(
                    hasLayer ? function : "\(LambdaPackage.shared)/\(function)", mode: 0o755,
                    program: programs.path(of: function)),
            ]
            try write("\(function).zip", own + (hasLayer ? [] : shared))
        }
        let template = SAMTemplate(
            programs: programs, hasLayer: hasLayer, isARM: loader.contains("aarch64"))
        try folder.write(template.text, to: "template.yaml")
        return written.sorted { $0.size > $1.size }
    }

    /// The file that Lambda executes. The kernel reads its first line and executes the loader with the program, so that
    /// no shell is needed; the program reads its command in the second line.
    private func bootstrap(of function: String, loader: String) -> String {
        """
        #!\(sharedFolder)/\(loader) \(sharedFolder)/\(LambdaPackage.bootstrapName)
        \(function) --functions \(functionsFolder) --loader \(sharedFolder)/\(loader) \
        --ca-file \(sharedFolder)/\(LambdaPackage.authoritiesName)

        """
    }

    /// A file of an archive.
    private struct Entry {
        let path: String
        let mode: UInt32
        let content: Deflated

        init(_ path: String, mode: UInt32, _ bytes: [UInt8]) throws {
            self.path = path
            self.mode = mode
            content = try Deflated(bytes)
        }

        init(_ path: String, mode: UInt32, file: String) throws {
            try self.init(path, mode: mode, try FileSystem.read(file))
        }

        init(_ path: String, mode: UInt32, program: String) throws {
            try self.init(path, mode: mode, StrippedProgram.bytes(of: try FileSystem.read(program)))
        }
    }
}
