import FunctionRuntime
import Input
import JSON
import Text

/// The columns of a CSV file as fields of a function's input: `payout` is a field, `params.sub1` a member of one.
struct CSVColumns {
    private let columns: [Column]
    /// How amounts and dates are written, completed by what the file shows.
    var notation: CellNotation

    /// The most columns. No function has as many fields, and each column is compared with those before it.
    private static let limit = 1000

    struct Column {
        let name: String
        /// Nil if its cells are ignored.
        let field: Field?
    }

    struct Field {
        let path: [String]
        let kind: ColumnKind
        let meaning: CellMeaning
    }

    private static let otherEncoding =
        "save the file as UTF-8, or name its encoding, such as --encoding windows-1252"

    /// `header` is the file's first row. `schema` is the JSON Schema of the function's input. Throws `invalid_request`,
    /// naming every column that is unknown or occurs twice.
    init(
        _ header: [[UInt8]], _ kind: ImportKind = .conversions, _ notation: CellNotation = CellNotation(), schema: JSON
    ) throws(FunctionError) {
        guard header.count <= CSVColumns.limit else {
            throw FunctionError(
                .invalidRequest, "the file has \(header.count) columns; at most \(CSVColumns.limit) are allowed")
        }
        let root = ColumnKind(schema)
        var columns: [Column] = []
        var faults: [Fault] = []
        // Spreadsheets write as many cells in each row as their widest row has.
        let used = header.lastIndex { !$0.isEmpty }.map { header[...$0] } ?? header[...]
        let names = used.map { String(validating: $0, as: UTF8.self)?.withoutWhiteSpaceAtEnds }
        let exported = ExportedColumns(kind, names.compactMap(\.self))
        for name in names {
            guard let name else {
                faults.append(Fault(.root, "the header is not UTF-8; \(CSVColumns.otherEncoding)"))
                continue
            }
            if exported.ignores(name) {
                columns.append(Column(name: name, field: nil))
                continue
            }
            switch CSVColumns.resolve(exported.field(of: name)[...], in: root) {
            case nil:
                let hint = Spelling.hint(for: name, among: CSVColumns.names(of: root))
                faults.append(Fault(Path.root.member(name), "the column \"\(name)\" is not a field\(hint)"))
            case let column?:
                if let other = columns.first(where: { $0.field?.path.overlaps(column.path) == true }) {
                    let message =
                        other.name == name
                        ? "the column \"\(name)\" occurs twice"
                        : "the column \"\(name)\" cannot be used together with \"\(other.name)\""
                    faults.append(Fault(Path.root.member(name), message))
                }
                let field = Field(path: column.path, kind: column.kind, meaning: CellMeaning(of: column.path))
                columns.append(Column(name: name, field: field))
            }
        }
        if let first = faults.first {
            let more = faults.count > 1 ? " (and \(faults.map(\.message).dropFirst().joined(separator: "; ")))" : ""
            let hint =
                header.count == 1
                ? "; columns are separated by commas, semicolons or tabs, and --separator names another character" : ""
            throw FunctionError(.invalidRequest, first.message + more + hint, details: faults)
        }
        self.columns = columns
        self.notation = notation
    }

    /// The columns that are ignored, except the one with the reasons of an earlier refusal.
    var ignoredColumns: [String] { columns.filter { $0.field == nil && $0.name != RefusedFile.column }.map(\.name) }

    /// Adds to the evidence what the cells of a row show of the file's notation.
    func note(_ cells: [[UInt8]], in evidence: inout NotationEvidence) {
        for (column, cell) in zip(columns, cells) where !cell.isEmpty {
            guard let field = column.field, let text = String(validating: cell, as: UTF8.self) else { continue }
            evidence.note(CellMeaning.text(text), field.meaning)
        }
    }

    /// The function's input for a row. A field whose cell is empty is left out.
    func input(_ cells: [[UInt8]]) throws(CSVFault) -> JSON {
        guard cells.count >= columns.count, cells.dropFirst(columns.count).allSatisfy(\.isEmpty) else {
            throw CSVFault("the row has \(cells.count) cells, but the header has \(columns.count)")
        }
        var members: [JSON.Member] = []
        for (column, cell) in zip(columns, cells) where !cell.isEmpty {
            guard let field = column.field else { continue }
            guard let given = String(validating: cell, as: UTF8.self) else {
                throw CSVFault("the cell in column \"\(column.name)\" is not UTF-8; \(CSVColumns.otherEncoding)")
            }
            do throws(Invalid) {
                let text = try field.meaning.value(given, notation)
                if !text.isEmpty { members.put(field.kind.value(text), at: field.path[...]) }
            } catch {
                throw CSVFault("the cell in column \"\(column.name)\" \(error.message)")
            }
        }
        return .object(members)
    }

    /// The path and the kind of a column's field; nil for none.
    private static func resolve(_ name: Substring, in kind: ColumnKind) -> (path: [String], kind: ColumnKind)? {
        switch kind {
        case .object(let members):
            for member in members {
                if name == member.name { return ([member.name], member.kind) }
                guard name.hasPrefix(member.name + "."),
                    let rest = resolve(name.dropFirst(member.name.count + 1), in: member.kind)
                else { continue }
                return ([member.name] + rest.path, rest.kind)
            }
            return resolveLoosely(name, among: members)
        case .map(nests: false): return name.isEmpty ? nil : ([String(name)], .text)
        case .map(nests: true):
            let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            return parts.contains("") ? nil : (parts, .text)
        default: return nil
        }
    }

    /// The same without regard to case, spaces, underscores and hyphens, if only one field matches: `Offer ID`,
    /// `offer_id`.
    private static func resolveLoosely(
        _ name: Substring, among members: [(name: String, kind: ColumnKind)]
    ) -> (path: [String], kind: ColumnKind)? {
        func only(_ name: Substring) -> (name: String, kind: ColumnKind)? {
            let alike = members.filter { loose($0.name[...]) == loose(name) }
            return alike.count == 1 ? alike[0] : nil
        }
        if let member = only(name) { return ([member.name], member.kind) }
        guard let dot = name.firstIndex(of: "."), let member = only(name[..<dot]),
            let rest = resolve(name[dot...].dropFirst(), in: member.kind)
        else { return nil }
        return ([member.name] + rest.path, rest.kind)
    }

    private static func loose(_ name: Substring) -> String {
        String(name.lowercased().unicodeScalars.filter { !WhiteSpace.contains($0) && $0 != "_" && $0 != "-" })
    }

    private static func names(of kind: ColumnKind) -> [String] {
        guard case .object(let members) = kind else { return [] }
        return members.flatMap { member in [member.name] + names(of: member.kind).map { "\(member.name).\($0)" } }
    }
}

extension [String] {
    /// Whether both paths cannot have values side by side. A whole object and a member of it can.
    fileprivate func overlaps(_ other: [String]) -> Bool {
        if self == other { return true }
        let (short, long) = count < other.count ? (self, other) : (other, self)
        return short.count > 1 && short.count < long.count && long.starts(with: short)
    }
}

extension [JSON.Member] {
    /// Puts a value at the path and makes the objects on the way. A whole object and members of it are merged; a name
    /// that is in both then occurs twice, which the function refuses.
    fileprivate mutating func put(_ value: JSON, at path: ArraySlice<String>) {
        guard let name = path.first else { return }
        let index = firstIndex { $0.name == name }
        guard let index else {
            var inner: [JSON.Member] = []
            if path.count > 1 { inner.put(value, at: path.dropFirst()) }
            append(JSON.Member(name, path.count > 1 ? .object(inner) : value))
            return
        }
        // A value that is no object stays as it is, for the function to refuse.
        guard case .object(var members) = self[index].value else { return }
        if path.count > 1 {
            members.put(value, at: path.dropFirst())
        } else if case .object(let more) = value {
            members += more
        } else {
            self[index] = JSON.Member(name, value)
            return
        }
        self[index] = JSON.Member(name, .object(members))
    }
}
