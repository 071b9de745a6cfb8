import System

/// The shared libraries that a program loads, and the loader that loads them, as they are on this machine.
struct LoadedLibraries {
    /// The path of the loader.
    let loader: String
    /// The paths of the libraries under the names by which they are asked for, in the order of the names.
    let libraries: [(name: String, path: String)]

    /// The loaders of Debian and Ubuntu, by processor.
    private static let loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"]
    /// glibc loads this one by itself when a thread ends.
    private static let loadedLater = "libgcc_s.so.1"

    /// Asks the loader which libraries it would load for the programs.
    init(of programs: [String]) throws {
        guard let loader = LoadedLibraries.loaders.first(where: Executable.isExecutable) else {
            throw PackagingError("there is none of the loaders \(LoadedLibraries.loaders.joined(separator: ", "))")
        }
        var found: [String: String] = [:]
        for program in programs {
            let outcome = try ChildProcess.run(loader, ["--list", program])
            guard outcome.status == .exited(0) else {
                throw PackagingError("the libraries of \(program) cannot be listed: \(outcome.errorText)")
            }
            for line in outcome.text.split(separator: "\n") {
                // For example `	libpq.so.5 => /lib/x86_64-linux-gnu/libpq.so.5 (0x00007f…)`.
                let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
                guard words.count == 4, words[1] == "=>", words[2].hasPrefix("/") else { continue }
                found[words[0]] = words[2]
            }
        }
        self.loader = loader
        libraries = found.sorted { $0.key < $1.key }.map { (name: $0.key, path: $0.value) }
        guard found[LoadedLibraries.loadedLater] != nil else {
            throw PackagingError(
                "\(LoadedLibraries.loadedLater) is not among the libraries of \(programs.joined(separator: ", "))")
        }
    }
}
