/// Removes the byte order mark that some programs put at the beginning of a UTF-8 file, however its bytes arrive.
struct FileBeginning {
    /// How many bytes of the mark have come; nil once it is known whether there is one.
    private var matched: Int? = 0

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The bytes without the mark, or without the part of it that has come.
    mutating func strip(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        guard let count = matched else { return bytes[...] }
        let missing = FileBeginning.mark[count...]
        let same = zip(bytes, missing).prefix { $0 == $1 }.count
        if same == bytes.count, same < missing.count {
            matched = count + same
            return []
        }
        matched = nil
        if same == missing.count { return bytes.dropFirst(same) }
        // The bytes only began like a mark.
        return (FileBeginning.mark[..<count] + bytes)[...]
    }
}
