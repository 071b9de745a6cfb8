/// Parses a value's text as an integer; nil if it is not one or exceeds 64 bits.
func parseInteger(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    let isNegative = unsafe text.first == UInt8(ascii: "-")
    guard text.count > (isNegative ? 1 : 0) else { return nil }
    var number = 0
    for index in (isNegative ? 1 : 0)..<text.count {
        let byte = unsafe text[index]
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        let digit = Int(byte - UInt8(ascii: "0"))
        let (tens, overflows) = number.multipliedReportingOverflow(by: 10)
        let (sum, stillOverflows) = tens.addingReportingOverflow(isNegative ? -digit : digit)
        guard !overflows, !stillOverflows else { return nil }
        number = sum
    }
    return number
}

/// Parses a `bytea` in PostgreSQL's hex format, `\x` and two digits for each byte; nil for other text.
func parseHex(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard text.count >= 2, text.count.isMultiple(of: 2) else { return nil }
    guard unsafe text[0] == UInt8(ascii: "\\"), unsafe text[1] == UInt8(ascii: "x") else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2 - 1)
    for index in stride(from: 2, to: text.count, by: 2) {
        guard let high = unsafe hexDigit(text[index]), let low = unsafe hexDigit(text[index + 1]) else { return nil }
        bytes.append(high << 4 | low)
    }
    return bytes
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
}
