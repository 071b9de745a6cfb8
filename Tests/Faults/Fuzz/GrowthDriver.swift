import System

/// Does one work once: `growth NAME BYTES`; without arguments it names all.
@main
struct GrowthDriver {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let growth = Growth(rawValue: arguments[1]), let size = Int(arguments[2]) else {
            let names = Growth.allCases.map { "\($0.rawValue)\n" }.joined()
            return try Descriptor.standardOutput.writeAll(Array(names.utf8))
        }
        try growth.run(bytes: size)
    }
}
