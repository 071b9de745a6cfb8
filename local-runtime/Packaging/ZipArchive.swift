/// A zip file (PKWARE's APPNOTE 6.3), written into memory. The same entries make the same bytes: they have no time.
struct ZipArchive {
    private var body: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt16 = 0

    /// The first day that the format has, 1 January 1980.
    private static let date: UInt16 = 1 << 5 | 1
    /// The version says that the archive was made on Unix, so that the modes of files are used.
    private static let madeBy: UInt16 = 3 << 8 | 20
    private static let needed: UInt16 = 20
    private static let deflate: UInt16 = 8
    private static let regularFile: UInt32 = 0o100000

    /// Adds a file. `mode` is its permission bits.
    mutating func add(_ path: String, mode: UInt32, _ content: Deflated) {
        let name = Array(path.utf8)
        var fields: [UInt8] = []
        // Flags, method, time, date.
        for field in [0, ZipArchive.deflate, 0, ZipArchive.date] as [UInt16] { fields.append(littleEndian: field) }
        for field in [content.checksum, UInt32(content.bytes.count), content.size] {
            fields.append(littleEndian: field)
        }
        fields.append(littleEndian: UInt16(name.count))
        let offset = UInt32(body.count)
        body.append(contentsOf: [0x50, 0x4B, 3, 4])
        body.append(littleEndian: ZipArchive.needed)
        body += fields
        body.append(littleEndian: 0 as UInt16)
        body += name + content.bytes
        directory.append(contentsOf: [0x50, 0x4B, 1, 2])
        directory.append(littleEndian: ZipArchive.madeBy)
        directory.append(littleEndian: ZipArchive.needed)
        directory += fields
        // The lengths of extra field and comment, the disk, and the internal attributes.
        for _ in 0..<4 { directory.append(littleEndian: 0 as UInt16) }
        directory.append(littleEndian: (ZipArchive.regularFile | mode) << 16)
        directory.append(littleEndian: offset)
        directory += name
        count += 1
    }

    /// The whole file.
    var bytes: [UInt8] {
        var end: [UInt8] = [0x50, 0x4B, 5, 6]
        for field in [0, 0, count, count] { end.append(littleEndian: field) }
        end.append(littleEndian: UInt32(directory.count))
        end.append(littleEndian: UInt32(body.count))
        end.append(littleEndian: 0 as UInt16)
        return body + directory + end
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger & UnsignedInteger) {
        for place in 0..<(value.bitWidth / 8) { append(UInt8(truncatingIfNeeded: value >> (8 * place))) }
    }
}
