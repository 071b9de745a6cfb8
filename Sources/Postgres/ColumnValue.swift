/// What the text of a column can be read as.
package protocol ColumnValue {
    /// Nil for text that is no such value.
    init?(column text: UnsafeBufferPointer<UInt8>)
}

extension Int: ColumnValue {
    package init?(column text: UnsafeBufferPointer<UInt8>) {
        guard let value = unsafe parseInteger(text) else { return nil }
        self = value
    }
}

extension String: ColumnValue {
    package init?(column text: UnsafeBufferPointer<UInt8>) { unsafe self.init(decoding: text, as: UTF8.self) }
}

extension Bool: ColumnValue {
    package init?(column text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 1 else { return nil }
        switch unsafe text[0] {
        case UInt8(ascii: "t"): self = true
        case UInt8(ascii: "f"): self = false
        default: return nil
        }
    }
}

/// The value's text as bytes.
extension [UInt8]: ColumnValue {
    package init?(column text: UnsafeBufferPointer<UInt8>) { unsafe self.init(text) }
}

/// A verdict or a state: one of the enumeration's texts.
extension ColumnValue where Self: RawRepresentable<String> {
    package init?(column text: UnsafeBufferPointer<UInt8>) {
        unsafe self.init(rawValue: String(decoding: text, as: UTF8.self))
    }
}

/// An array of integers, of which none is NULL: `{1,2}`.
package struct IntegerArray: ColumnValue {
    package let values: [Int]

    package init?(column text: UnsafeBufferPointer<UInt8>) {
        guard text.count >= 2, unsafe text.first == UInt8(ascii: "{"), unsafe text.last == UInt8(ascii: "}") else {
            return nil
        }
        var values: [Int] = []
        let elements = unsafe String(decoding: text, as: UTF8.self).dropFirst().dropLast()
        for element in elements.split(separator: ",", omittingEmptySubsequences: false) where !elements.isEmpty {
            guard let value = Int(element) else { return nil }
            values.append(value)
        }
        self.values = values
    }
}
