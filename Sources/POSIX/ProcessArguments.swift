import CArguments

/// The words that this process was started with, also where there is no `/proc`, which Swift's own list is read from.
package enum ProcessArguments {
    /// All of them; the first one names the program.
    package static var all: [String] {
        guard let words = unsafe program_arguments() else { return [] }
        return (0..<Int(program_argument_count())).map { index in
            guard let word = unsafe words[index] else { return "" }
            return unsafe String(cString: word)
        }
    }

    /// The program's own file; nil where it cannot be found.
    package static var program: String? {
        FileSystem.resolve("/proc/self/exe") ?? all.first.flatMap { Executable.find($0) }.flatMap(FileSystem.resolve)
    }
}
