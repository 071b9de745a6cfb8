import POSIX

/// The files of this repository, as the tests find them.
enum Repository {
    static let root = FileSystem.resolve("\(FileSystem.parent(of: #filePath))/../..") ?? "."

    static func read(_ path: String) throws -> String {
        String(decoding: try FileSystem.read("\(root)/\(path)"), as: UTF8.self)
    }

    static func exists(_ path: String) -> Bool { FileSystem.kind(of: "\(root)/\(path)") != nil }

    /// The paths of all files below a folder, from the root on, whose names are these or end so. Hidden files and folders, fixtures and the fuzzer's corpus are
    /// not among them.
    static func files(in folder: String = "", endingIn extensions: [String]) -> [String] {
        let place = folder.isEmpty ? root : "\(root)/\(folder)"
        return FileSystem.names(in: place).sorted().flatMap { name -> [String] in
            guard !name.hasPrefix("."), name != "fixtures", name != "Corpus" else { return [] }
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            if FileSystem.kind(of: "\(root)/\(path)") == .folder { return files(in: path, endingIn: extensions) }
            return extensions.contains { name == $0 || name.hasSuffix($0) } ? [path] : []
        }
    }

    /// The file of an SQL statement; nil when there is none of this name.
    static func file(ofStatement name: String) -> String? {
        files(in: "Sources/Store/SQL", endingIn: ["\(name).sql"]).first { $0.hasSuffix("/\(name).sql") }
    }

    /// The identifiers, keywords and numbers in a text, in their order.
    static func words(of text: String) -> [String] {
        text.utf8.split { !isOfWord($0) }.map { String($0) ?? "" }
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// What the product's own sources say: which words occur, which types are declared, and with which members.
struct ProductCode {
    private(set) var words: Set<String> = []
    /// For each type that is declared or extended: the words of the files in which that happens.
    private var wordsBesideType: [String: Set<String>] = [:]
    private var declaredTypes: Set<String> = []

    private static let declaring: Set<String> = ["struct", "class", "enum", "protocol", "actor", "typealias"]

    init() throws {
        for folder in ["Sources", "functions", "local-runtime"] {
            for path in Repository.files(in: folder, endingIn: [".swift", ".sql", ".h"]) {
                add(Repository.words(of: try Repository.read(path)))
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
