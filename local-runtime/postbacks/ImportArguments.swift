import ArgumentParser
import Bulk
import Domain

extension ImportKind: ExpressibleByArgument {}
extension FileEncoding: ExpressibleByArgument {}
extension DateOrder: ExpressibleByArgument {}

extension DecimalSign: ExpressibleByArgument {
    init?(argument: String) {
        switch argument {
        case ".", "point", "dot": self = .point
        case ",", "comma": self = .comma
        default: return nil
        }
    }
}

/// The separator between the cells of a CSV file.
struct Separator: ExpressibleByArgument {
    let byte: UInt8

    init?(argument: String) {
        let words = ["tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"]
        let bytes = Array((words[argument] ?? argument).utf8)
        // Quotes and line breaks cannot be separators.
        guard bytes.count == 1, bytes[0] < 0x80, !"\"\n\r".utf8.contains(bytes[0]) else { return nil }
        byte = bytes[0]
    }
}
extension BulkFormat: ExpressibleByArgument {}
