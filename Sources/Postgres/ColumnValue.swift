/// A type that can be read from the text of a column.
package protocol ColumnValue {
    /// Returns nil if the text is not a value of this type.
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

/// An enumeration that is read from its raw value, such as a verdict or a state.
extension ColumnValue where Self: RawRepresentable<String> {
    package init?(column text: UnsafeBufferPointer<UInt8>) {
        unsafe self.init(rawValue: String(decoding: text, as: UTF8.self))
    }
}

/// An array of integers without NULLs: `{1,2}`.
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
