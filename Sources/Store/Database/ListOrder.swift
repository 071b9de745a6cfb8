import Input
import Postgres

/// The end from which a list begins.
enum ListOrder: String, CaseIterable, Sendable {
    case oldest, newest
}

extension Rule<ListOrder> {
    static var listOrder: Rule { oneOf(ListOrder.self, placeholder: .oldest) }
}

extension Statement {
    /// A list's statement in one of the two orders. The file has the one from the oldest on. For the other order, a
    /// comment directly behind a word replaces that word. `bytes` are the contents of the file.
    init(list name: String, bytes: [UInt8], in order: ListOrder) {
        switch order {
        case .oldest: self.init(name: name, bytes: bytes)
        case .newest: self.init(name: "\(name)_newest", bytes: Statement.newestFirst(bytes))
        }
    }

    private static func newestFirst(_ bytes: [UInt8]) -> [UInt8] {
        let words = [(">", "<"), ("<", ">="), ("ASC", "DESC")].map { (Array($0.utf8), Array("/*\($1)*/".utf8)) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var place = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "/"),
                let (word, comment) = words.first(where: {
                    result.suffix($0.0.count) == $0.0[...] && bytes[place...].starts(with: $0.1)
                })
            {
                result.removeLast(word.count)
                result += comment.dropFirst(2).dropLast(2)
                place += comment.count
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return result
    }
}
