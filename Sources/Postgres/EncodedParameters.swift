/// A call's parameters as libpq wants them, all in one buffer.
struct EncodedParameters {
    /// A parameter held the character U+0000, which PostgreSQL's text cannot.
    struct ContainsNul: Error {}

    private var buffer: [UInt8] = []
    /// Where each parameter begins in `buffer`; nil for NULL.
    private var starts: [Int?] = []
    private var lengths: [CInt] = []
    private var formats: [CInt] = []

    init(_ parameters: [Parameter]) throws(ContainsNul) {
        starts.reserveCapacity(parameters.count)
        lengths.reserveCapacity(parameters.count)
        formats.reserveCapacity(parameters.count)
        for parameter in parameters {
            let start = buffer.count
            starts.append(start)
            switch parameter {
            case .null: starts[starts.count - 1] = nil
            case .text(let text): try append(text)
            case .utf8(let bytes): try append(utf8: bytes)
            case .bytea(let bytes): buffer += bytes
            case .array(let elements): try append(elements)
            case .integers(let integers): append(integers)
            }
            lengths.append(CInt(buffer.count - start))
            if case .bytea = parameter { formats.append(1) } else { formats.append(0) }
            buffer.append(0)
        }
    }

    /// Lends the arrays for one `PQsend…` call: count, values, lengths, formats.
    func withArrays<T>(
        _ body: (
            CInt, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<CInt>?, UnsafePointer<CInt>?
        ) -> T
    ) -> T {
        unsafe buffer.withUnsafeBytes { bytes in
            let values = unsafe starts.map { start -> UnsafePointer<CChar>? in
                guard let start, let base = bytes.baseAddress else { return nil }
                return unsafe (base + start).assumingMemoryBound(to: CChar.self)
            }
            return unsafe values.withUnsafeBufferPointer { values in
                unsafe body(CInt(values.count), values.baseAddress, lengths, formats)
            }
        }
    }

    private mutating func append(_ text: String) throws(ContainsNul) {
        let start = buffer.count
        buffer.append(contentsOf: text.utf8)
        guard !buffer[start...].contains(0) else { throw ContainsNul() }
    }

    private mutating func append(utf8 bytes: [UInt8]) throws(ContainsNul) {
        guard !bytes.contains(0) else { throw ContainsNul() }
        buffer += bytes
    }

    /// `{"a","say \"b\"",NULL}`: every element quoted, so that nothing in it has a meaning but `"` and `\`.
    private mutating func append(_ elements: [String?]) throws(ContainsNul) {
        buffer.append(UInt8(ascii: "{"))
        for (index, element) in elements.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: ",")) }
            guard var element else {
                buffer.append(contentsOf: "NULL".utf8)
                continue
            }
            buffer.append(UInt8(ascii: "\""))
            let isText = element.withUTF8 { unsafe append(quoting: $0) }
            guard isText else { throw ContainsNul() }
            buffer.append(UInt8(ascii: "\""))
        }
        buffer.append(UInt8(ascii: "}"))
    }

    /// Appends in whole runs between the bytes that need a backslash; false if there is a zero byte.
    private mutating func append(quoting utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        var runStart = 0
        for index in 0..<utf8.count {
            let byte = unsafe utf8[index]
            if byte == 0 { return false }
            guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            unsafe buffer.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[runStart..<index]))
            buffer.append(UInt8(ascii: "\\"))
            runStart = index
        }
        unsafe buffer.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[runStart...]))
        return true
    }

    private mutating func append(_ integers: [Int]) {
        buffer.append(UInt8(ascii: "{"))
        for (index, integer) in integers.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: ",")) }
            buffer.append(contentsOf: String(integer).utf8)
        }
        buffer.append(UInt8(ascii: "}"))
    }
}
