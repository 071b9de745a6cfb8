/// Cuts bytes into lines as they come. Blank lines are passed over, and of one that is too long nothing is kept.
struct JSONLinesReader {
    struct Line {
        /// From 1.
        let number: Int
        /// Nil: it was too long.
        let bytes: [UInt8]?
    }

    private let lengthLimit: Int
    private var pending: [Line] = []
    private var taken = 0
    private var partial: [UInt8] = []
    private var isTooLong = false
    private var number = 1
    private var beginning = FileBeginning()

    init(lengthLimit: Int) {
        self.lengthLimit = lengthLimit
    }

    mutating func next() -> Line? {
        guard taken < pending.count else {
            pending.removeAll(keepingCapacity: true)
            taken = 0
            return nil
        }
        taken += 1
        return pending[taken - 1]
    }

    mutating func feed(_ bytes: [UInt8]) {
        var rest = beginning.strip(bytes)
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            append(rest[..<newline])
            endLine()
            rest = rest[(newline + 1)...]
        }
        append(rest)
    }

    mutating func finish() { endLine() }

    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        if isTooLong { return }
        partial += bytes
        if partial.count > lengthLimit {
            isTooLong = true
            partial = []
        }
    }

    private mutating func endLine() {
        if isTooLong {
            pending.append(Line(number: number, bytes: nil))
        } else if partial.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) {
            pending.append(Line(number: number, bytes: partial))
        }
        partial = []
        isTooLong = false
        number += 1
    }
}
