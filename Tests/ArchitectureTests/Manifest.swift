import TestSupport

/// The product's targets, read from the text of `Package.swift`: `swift package` would wait for the build that runs the tests.
struct Manifest {
    struct Target {
        let name: String
        let folder: String
        /// Modules and products, sorted.
        let dependencies: [String]
    }

    /// All targets except those of tests.
    let targets: [Target]
    /// The functions with a database, which are one entry in the text.
    let functions: [String]

    init() throws {
        let text = Manifest.withoutComments(try Repository.text("Package.swift"))
        let functions = Manifest.strings(try Manifest.bracket(in: text, after: "let databaseFunctions = "))
        self.functions = functions
        var targets: [String: Target] = [:]
        for kind in [".target(", ".executableTarget(", ".systemLibrary("] {
            for part in text.split(separator: kind).dropFirst() {
                let body = String(Manifest.balanced("(" + part))
                for target in try Manifest.targets(body, functions: functions, in: text) {
                    targets[target.name] = target
                }
            }
        }
        self.targets = targets.values.sorted { $0.name < $1.name }
    }

    /// One target, or one for each function, or none if it is a target of tests.
    private static func targets(_ body: String, functions: [String], in text: String) throws -> [Target] {
        let path = argument("path", of: body).map { strings($0)[0] }
        guard let name = argument("name", of: body), path?.hasPrefix("Tests/") != true else { return [] }
        let names = name == "name" ? functions : strings(name)
        var dependencies: [String] = []
        if let list = argument("dependencies", of: body) {
            let isNamed = !list.hasPrefix("[")
            dependencies = strings(isNamed ? try bracket(in: text, after: "let \(list): [Target.Dependency] = ") : list)
        }
        return names.map { name in
            let folder = path.map { String($0.prefix { $0 != "\\" }) } ?? "Sources/\(name)"
            return Target(
                name: name, folder: folder.hasSuffix("/") ? String(folder.dropLast()) : folder,
                dependencies: dependencies.sorted())
        }
    }

    /// The text of an argument of a call, up to a comma that is its own.
    private static func argument(_ label: String, of call: String) -> String? {
        guard let start = call.firstRange(of: "\(label): ") else { return nil }
        let rest = call[start.upperBound...]
        return rest.first == "[" ? String(balanced(rest)) : String(rest.prefix { $0 != "," && $0 != ")" })
    }

    private static func bracket(in text: String, after label: String) throws -> String {
        guard let start = text.firstRange(of: label) else { throw DidNotHappen(description: "\"\(label)\"") }
        return String(balanced(text[start.upperBound...]))
    }

    /// The text from its first bracket up to the bracket that closes it.
    private static func balanced(_ text: some StringProtocol) -> Substring {
        var depth = 0
        var end = text.startIndex
        for index in text.indices {
            switch text[index] {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            default: continue
            }
            end = text.index(after: index)
            if depth == 0 { break }
        }
        return Substring(text[..<end])
    }

    /// String literals, without the packages that products come from.
    private static func strings(_ text: String) -> [String] {
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.indices.filter { $0 % 2 == 1 && !parts[$0 - 1].hasSuffix("package: ") }.map { String(parts[$0]) }
    }

    private static func withoutComments(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.drop { $0 == " " }.hasPrefix("//") ? "" : $0 }.joined(separator: "\n")
    }
}
