import CArguments

/// The arguments of this process. Unlike Swift's own list, they are available without `/proc`.
package enum ProcessArguments {
    /// All arguments; the first one names the program.
    package static var all: [String] {
        guard let words = unsafe program_arguments() else { return [] }
        return (0..<Int(program_argument_count())).map { index in
            guard let word = unsafe words[index] else { return "" }
            return unsafe String(cString: word)
        }
    }

    /// The path of the program's file; nil if it cannot be found. A package may start the program through its own
    /// loader; the system then reports the loader as the program.
    package static var program: String? {
        if is_started_by_carried_loader() == 0, let path = FileSystem.resolve("/proc/self/exe") { return path }
        return all.first.flatMap { Executable.find($0) }.flatMap(FileSystem.resolve)
    }
}
