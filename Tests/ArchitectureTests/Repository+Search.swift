import System
import TestSupport

extension Repository {
    /// The paths, from the root, of all files in a folder and in the folders inside it whose names are these or end so. Hidden files
    /// and folders, fixtures and the fuzzer's corpus are not among them.
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
