/// A program without its symbol table, which is a third of it and which nothing reads at run time.
enum StrippedProgram {
    /// The program's bytes up to the end of its last loaded segment, without the table of sections. Bytes that are not
    /// a little-endian 64-bit ELF file (`man 5 elf`) are returned unchanged.
    static func bytes(of program: [UInt8]) -> [UInt8] {
        guard program.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), program.count > Header.length else {
            return program
        }
        let first = number(program, at: Header.programHeaders, bytes: 8)
        let size = number(program, at: Header.programHeaderSize, bytes: 2)
        let count = number(program, at: Header.programHeaderCount, bytes: 2)
        guard size >= Segment.length, first + count * size <= program.count else { return program }
        var end = first + count * size
        for segment in (0..<count).map({ first + $0 * size }) {
            end = max(
                end,
                number(program, at: segment + Segment.offset, bytes: 8)
                    + number(program, at: segment + Segment.size, bytes: 8))
        }
        guard end <= program.count else { return program }
        var stripped = Array(program[..<end])
        for field in [Header.sections..<(Header.sections + 8), Header.sectionCount..<Header.length] {
            for index in field { stripped[index] = 0 }
        }
        return stripped
    }

    /// The places of the fields of `Elf64_Ehdr`.
    private enum Header {
        static let programHeaders = 32
        static let sections = 40
        static let programHeaderSize = 54
        static let programHeaderCount = 56
        static let sectionCount = 60
        static let length = 64
    }

    /// The places of the fields of `Elf64_Phdr`.
    private enum Segment {
        static let offset = 8
        static let size = 32
        static let length = 56
    }

    private static func number(_ bytes: [UInt8], at place: Int, bytes count: Int) -> Int {
        Int(clamping: bytes[place..<(place + count)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
