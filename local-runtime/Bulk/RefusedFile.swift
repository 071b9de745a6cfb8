package import FunctionRuntime
import Glibc
import JSON
import System

/// The file of refused rows, in the format of their source, each with its reason, so that they can be corrected and
/// imported. It is made with the first refused row.
package final class RefusedFile {
    /// Nil if refused rows are not kept.
    package let path: String?
    private let continues: Bool
    private var descriptor: Descriptor?
    private var header: [UInt8] = []
    private var separator = UInt8(ascii: ",")
    private var unwritten = PendingLines()
    /// Whether the rows already have a reason in their first cell.
    private var dropsFirst = false

    /// The column and the member with the reason. An import ignores it.
    static let column = "refusal"

    /// - Parameters:
    ///   - path: nil to keep no rows.
    ///   - continuing: whether rows are added to an older file.
    /// - Throws: `conflict` if the file exists: somebody may have corrected rows in it.
    package init(_ path: String?, continuing: Bool) throws(FunctionError) {
        self.path = path
        continues = continuing
        if let path, !continuing, FileSystem.kind(of: path) == .file {
            throw FunctionError(
                .conflict, "\(path) exists: --resume appends to it, --refused FILE writes another file, or remove it")
        }
    }

    /// A file beside another one. If an older one exists and is not to be continued, its name gets a number.
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

    /// `names` contains the columns of a CSV file. `hasMark` says whether the source comes from a program that
    /// recognises UTF-8 by its byte order mark alone.
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

    /// Writes the appended rows to the file.
    /// - Returns: false if `interruption` was readable before, or if there was no room for this time.
    func flush(unless interruption: Descriptor, atMost limit: Duration?) throws(SystemError) -> Bool {
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
        return try unwritten.write(to: descriptor, unless: interruption, atMost: limit)
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

    /// Appends a line of JSON with the reason as its first member; a line that is no object is not changed.
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

    /// A line without the reason that an earlier import has put first; nil if the line has none.
    static func withoutReason(_ line: [UInt8]) -> [JSON.Member]? {
        guard line.starts(with: "{\"\(column)\":".utf8), case .object(let members)? = try? JSON(parsing: line) else {
            return nil
        }
        return members.filter { $0.name != column }
    }
}
