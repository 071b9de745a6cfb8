import FunctionRuntime
import System

extension ImportSource {
    /// The user's description of a file. Values that are nil are found from the file.
    package struct Description {
        package var format: BulkFormat?
        package var encoding: FileEncoding?
        /// The separator of CSV.
        package var separator: UInt8?
        package var notation: CellNotation

        package init(
            format: BulkFormat?, encoding: FileEncoding?, separator: UInt8?, notation: CellNotation
        ) {
            self.format = format
            self.encoding = encoding
            self.separator = separator
            self.notation = notation
        }
    }

    static func readBeginning(
        of descriptor: Descriptor, isStream: Bool
    ) throws(SystemError) -> (bytes: [UInt8], isWhole: Bool) {
        var bytes: [UInt8] = []
        while bytes.count < beginningLength, !(isStream && bytes.contains(UInt8(ascii: "\n"))) {
            switch try descriptor.read(upTo: beginningLength) {
            case .bytes(let more): bytes += more
            case .wouldBlock: _ = try wait(for: [.read(descriptor)], atMost: nil)
            case .end: return (bytes, true)
            }
        }
        return (bytes, false)
    }

    /// Refuses options and text that can only be a mistake with JSON lines.
    static func requireLines(
        _ text: [UInt8], _ name: String, _ description: Description
    ) throws(FunctionError) {
        let first = text.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        if first == UInt8(ascii: "[") {
            throw FunctionError(
                .invalidRequest, "\(name) is one list, but each line must be an object: jq -c '.[]' FILE")
        }
        let isToldOfCells = description.notation.decimal != nil || description.notation.dateOrder != nil
        if isToldOfCells || description.separator != nil {
            throw FunctionError(
                .invalidRequest, "--separator, --decimal and --date-order are for CSV, and \(name) holds lines of JSON")
        }
    }
}
