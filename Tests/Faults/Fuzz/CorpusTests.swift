import System
import Testing

/// What the fuzzer started from and what it once found, without the fuzzer.
struct CorpusTests {
    private static let folder = "\(FileSystem.parent(of: #filePath))/Corpus"

    @Test(arguments: FuzzTarget.allCases)
    func `every property holds for every file of the corpus`(target: FuzzTarget) throws {
        let names = FileSystem.names(in: "\(Self.folder)/\(target.rawValue)")
        #expect(names.count >= 5, "a corpus of \(target.rawValue)")
        for name in names {
            let bytes = try FileSystem.read("\(Self.folder)/\(target.rawValue)/\(name)")
            #expect(throws: Never.self, "\(target.rawValue)/\(name)") { try target.check(bytes) }
        }
    }

    /// The seeds of all targets, each cut short and with a byte changed, are a small fuzzer of their own: a target's own ones at
    /// each byte, the others' at each seventh. The fuzzer itself does many more (Tests/Faults/Fuzz/run).
    @Test(arguments: FuzzTarget.allCases)
    func `every property holds for their beginnings and small changes`(target: FuzzTarget) throws {
        for other in FuzzTarget.allCases {
            for name in FileSystem.names(in: "\(Self.folder)/\(other.rawValue)") {
                let bytes = try FileSystem.read("\(Self.folder)/\(other.rawValue)/\(name)").prefix(400)
                for index in stride(from: 0, to: bytes.count, by: other == target ? 1 : 7) {
                    var changed = Array(bytes)
                    changed[index] = [0, 0x22, 0x7b, 0x80, 0xff][index % 5]
                    for input in [Array(bytes[..<index]), changed] {
                        do {
                            try target.check(input)
                        } catch {
                            Issue.record("\(target.rawValue) \(input): \(error)")
                        }
                    }
                }
            }
        }
    }
}
