import FunctionRuntime
import JSON

/// The columns of a CSV file as fields of a function's input: `payout` is a field, `params.sub1` a member of one.
struct CSVColumns {
    private let columns: [Column]

    /// No function has as many fields as this; each column is compared with those before it.
    private static let limit = 1000

    struct Column {
        let name: String
        let path: [String]
        let kind: ColumnKind
    }

    /// - Parameters:
    ///   - header: the file's first row.
    ///   - schema: the JSON Schema of the function's input.
    /// - Throws: `invalid_request`, naming every column that is unknown or stands there twice.
    init(_ header: [[UInt8]], schema: JSON) throws(FunctionError) {
        guard header.count <= CSVColumns.limit else {
            throw FunctionError(
                .invalidRequest, "the file has \(header.count) columns; at most \(CSVColumns.limit) are allowed")
        }
        let root = ColumnKind(schema)
        var columns: [Column] = []
        var faults: [Fault] = []
        for bytes in header {
            guard let name = String(validating: bytes, as: UTF8.self) else {
                faults.append(Fault(.root, "the header is not UTF-8"))
                continue
            }
            switch CSVColumns.resolve(name[...], in: root) {
            case nil:
                let hint = Spelling.hint(for: name, among: CSVColumns.names(of: root))
                faults.append(Fault(Path.root.member(name), "the column \"\(name)\" is no field\(hint)"))
            case let column?:
                if let other = columns.first(where: { $0.path.overlaps(column.path) }) {
                    let message =
                        other.name == name
                        ? "the column \"\(name)\" is there twice"
                        : "the column \"\(name)\" cannot stand beside \"\(other.name)\""
                    faults.append(Fault(Path.root.member(name), message))
                }
                columns.append(Column(name: name, path: column.path, kind: column.kind))
            }
        }
        if let first = faults.first {
            let separators = header.count == 1 && header[0].contains { $0 == UInt8(ascii: ";") || $0 == 9 }
            let more = faults.count > 1 ? " (and \(faults.map(\.message).dropFirst().joined(separator: "; ")))" : ""
            let hint = separators ? "; columns are separated by commas" : ""
            throw FunctionError(.invalidRequest, first.message + more + hint, details: faults)
        }
        self.columns = columns
    }

    /// The function's input that a row is; a cell without text is a field that is left out.
    func input(_ cells: [[UInt8]]) throws(CSVFault) -> JSON {
        guard cells.count == columns.count else {
            throw CSVFault("the row has \(cells.count) cells, and the header \(columns.count)")
        }
        var members: [JSON.Member] = []
        for (column, cell) in zip(columns, cells) where !cell.isEmpty {
            guard let text = String(validating: cell, as: UTF8.self) else {
                throw CSVFault("the cell in column \"\(column.name)\" is not UTF-8; save the file as UTF-8")
            }
            members.put(column.kind.value(text), at: column.path[...])
        }
        return .object(members)
    }

    /// The path of a column's field and what it holds; nil for none.
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
            return nil
        case .map(nests: false): return name.isEmpty ? nil : ([String(name)], .text)
        case .map(nests: true):
            let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            return parts.contains("") ? nil : (parts, .text)
        default: return nil
        }
    }

    private static func names(of kind: ColumnKind) -> [String] {
        guard case .object(let members) = kind else { return [] }
        return members.flatMap { member in [member.name] + names(of: member.kind).map { "\(member.name).\($0)" } }
    }
}

extension [String] {
    /// Whether both cannot hold values side by side. A whole object and a member of it can.
    fileprivate func overlaps(_ other: [String]) -> Bool {
        if self == other { return true }
        let (short, long) = count < other.count ? (self, other) : (other, self)
        return short.count > 1 && short.count < long.count && long.starts(with: short)
    }
}

extension [JSON.Member] {
    /// Puts a value where the path leads, and makes the objects on the way. A whole object and members of it are put
    /// together; a name that is in both stands there twice, which the function refuses.
    fileprivate mutating func put(_ value: JSON, at path: ArraySlice<String>) {
        guard let name = path.first else { return }
        let index = firstIndex { $0.name == name }
        guard let index else {
            var inner: [JSON.Member] = []
            if path.count > 1 { inner.put(value, at: path.dropFirst()) }
            append(JSON.Member(name, path.count > 1 ? .object(inner) : value))
            return
        }
        // What is no object stays as it is, for the function to refuse.
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
