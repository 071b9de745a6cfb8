/// A set of row numbers, with one bit for each row of the file.
struct RowSet {
    private var words: [UInt64] = []

    func contains(_ row: Int) -> Bool {
        let index = row >> 6
        return index < words.count && words[index] & (1 << UInt64(row & 63)) != 0
    }

    mutating func insert(_ row: Int) {
        let index = row >> 6
        if index >= words.count { words += Array(repeating: 0, count: index + 1 - words.count) }
        words[index] |= 1 << UInt64(row & 63)
    }
}
