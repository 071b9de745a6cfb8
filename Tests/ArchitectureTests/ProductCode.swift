import TestSupport

/// The words that occur in the product's own sources, the types that they declare, and the members of these.
struct ProductCode {
    private(set) var words: Set<String> = []
    /// For each type that is declared or extended: the words of the files in which that happens.
    private var wordsBesideType: [String: Set<String>] = [:]
    private var declaredTypes: Set<String> = []

    private static let declaring: Set<String> = ["struct", "class", "enum", "protocol", "actor", "typealias"]

    init() throws {
        for folder in ["Sources", "functions", "local-runtime"] {
            for path in Repository.files(in: folder, endingIn: [".swift", ".sql", ".h"]) {
                add(Repository.words(of: try Repository.text(path)))
            }
        }
    }

    private mutating func add(_ list: [String]) {
        let set = Set(list)
        words.formUnion(set)
        for (keyword, name) in zip(list, list.dropFirst()) where name.first?.isUppercase == true {
            let isDeclared = ProductCode.declaring.contains(keyword)
            if isDeclared { declaredTypes.insert(name) }
            if isDeclared || keyword == "extension" { wordsBesideType[name, default: []].formUnion(set) }
        }
    }

    func declares(type: String) -> Bool { declaredTypes.contains(type) }

    /// Whether a file that declares or extends the type has the name in it.
    func hasMember(_ member: String, of type: String) -> Bool { wordsBesideType[type]?.contains(member) == true }
}
