package import FunctionRuntime
import Glibc
import JSON
import POSIX

/// The rows that were refused, in the form of the file that they come from and each with its reason, so that they can be mended
/// and imported. Nothing is written before there is one.
package final class RefusedFile {
    /// Nil: nothing is kept.
    package let path: String?
    private let continues: Bool
    private var descriptor: Descriptor?
    private var header: [UInt8] = []
    private var separator = UInt8(ascii: ",")
    private var unwritten = PendingLines()
    /// Whether the rows have a reason already, in their first cell.
    private var dropsFirst = false

    /// The column and the member that hold the reason. An import passes it over.
    static let column = "refusal"

    /// - Parameters:
    ///   - path: nil to keep nothing.
    ///   - continuing: whether an older one is added to.
    /// - Throws: `conflict` for one that is there: somebody may have mended what it holds.
    package init(_ path: String?, continuing: Bool) throws(FunctionError) {
        self.path = path
        continues = continuing
        if let path, !continuing, FileSystem.kind(of: path) == .file {
            throw FunctionError(
                .conflict, "\(path) exists: --resume adds to it, --refused FILE writes another, or remove it")
        }
    }

    /// One beside another file, with a number in its name where an older one is there and not to be added to.
    package convenience init(beside path: String, suffix: String, continuing: Bool) throws(FunctionError) {
        var name = "\(path).refused.\(suffix)"
        var number = 1
        while !continuing, FileSystem.kind(of: name) == .file {
            number += 1
            name = "\(path).refused.\(number).\(suffix)"
        }
        try self.init(name, continuing: continuing)
    }

    /// Whether a row was refused.
    package var isWritten: Bool { descriptor != nil }

    /// - Parameters:
    ///   - names: the columns of a CSV file.
    ///   - hasMark: whether the file comes from a program that knows UTF-8 by its byte order mark.
    func begin(_ names: [[UInt8]], separator: UInt8, hasMark: Bool) {
        self.separator = separator
        header = hasMark ? [0xEF, 0xBB, 0xBF] : []
        let isOld = names.first == Array(RefusedFile.column.utf8)
        RefusedFile.append(
            [Array(RefusedFile.column.utf8)] + (isOld ? names.dropFirst() : names[...]), separator, to: &header)
        dropsFirst = isOld
    }

    func append(_ source: ImportRow.Source, reason: String) {
        switch source {
        case .cells(let cells):
            let rest = dropsFirst ? cells.dropFirst() : cells[...]
            RefusedFile.append([Array(reason.utf8)] + rest, separator, to: &unwritten.bytes)
        case .line(let line): RefusedFile.append(line, reason, to: &unwritten.bytes)
        }
    }

    /// Hands what was appended to the system.
    /// - Returns: false if `interruption` had something to read before, or for so long nobody made room.
    func flush(unless interruption: Descriptor, milliseconds: Int?) throws(SystemError) -> Bool {
        guard let path, !unwritten.bytes.isEmpty else {
            unwritten = PendingLines()
            return true
        }
        if descriptor == nil {
            let isOther = FileSystem.kind(of: path) == .other
            let file = try Descriptor.open(
                path, isOther ? O_WRONLY : O_WRONLY | O_CREAT | (continues ? O_APPEND : O_TRUNC), mode: 0o600)
            descriptor = file
            if file.fileSize ?? 0 == 0 { unwritten.bytes = header + unwritten.bytes }
        }
        guard let descriptor else { return true }
        return try unwritten.write(to: descriptor, unless: interruption, milliseconds: milliseconds)
    }

    private static func append(_ cells: [[UInt8]], _ separator: UInt8, to bytes: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(separator) }
            let isPlain = !cell.contains { $0 == separator || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
            if isPlain {
                bytes += cell
            } else {
                bytes.append(0x22)
                for byte in cell { bytes += byte == 0x22 ? [0x22, 0x22] : [byte] }
                bytes.append(0x22)
            }
        }
        bytes.append(0x0A)
    }

    /// A line of JSON with the reason as its first member; what is no object stays as it is.
    private static func append(_ line: [UInt8], _ reason: String, to bytes: inout [UInt8]) {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let text = line.drop(while: isBlank)
        if text.first == UInt8(ascii: "{") {
            let rest = text.dropFirst()
            bytes += "{\"\(column)\":".utf8
            JSON.string(reason).write(to: &bytes)
            if let next = rest.first(where: { !isBlank($0) }), next != UInt8(ascii: "}") {
                bytes.append(UInt8(ascii: ","))
            }
            bytes += rest
        } else {
            bytes += line
        }
        bytes.append(0x0A)
    }

    /// A line without the reason that an earlier import has put first; nil for a line that has none.
    static func withoutReason(_ line: [UInt8]) -> [JSON.Member]? {
        guard line.starts(with: "{\"\(column)\":".utf8), case .object(let members)? = try? JSON(parsing: line) else {
            return nil
        }
        return members.filter { $0.name != column }
    }
}
