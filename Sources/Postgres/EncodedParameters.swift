import CPostgres

/// A call's parameters in libpq's form, all in one buffer.
struct EncodedParameters {
    /// A parameter contains the character U+0000, which PostgreSQL's text cannot hold.
    struct ContainsNul: Error {}

    private var buffer: [UInt8] = []
    /// The start of each parameter in `buffer`; nil for NULL.
    private var starts: [Int?] = []
    private var lengths: [CInt] = []
    private var formats: [CInt] = []
    private var types: [Oid] = []

    init(_ parameters: [Parameter]) throws(ContainsNul) {
        starts.reserveCapacity(parameters.count)
        lengths.reserveCapacity(parameters.count)
        formats.reserveCapacity(parameters.count)
        types = parameters.map(\.type)
        for parameter in parameters {
            let start = buffer.count
            starts.append(start)
            switch parameter {
            case .null: starts[starts.count - 1] = nil
            case .text(let text): try append(text.utf8)
            case .utf8(let bytes): try append(bytes)
            case .bytea(let bytes): buffer += bytes
            case .array(let elements): try append(elements.map { $0?.utf8 }, type: Parameter.textType)
            case .json(let elements): try append(elements, type: Parameter.jsonType)
            case .integers(let integers): append(integers)
            }
            lengths.append(CInt(buffer.count - start))
            formats.append(parameter.isBinary ? 1 : 0)
            buffer.append(0)
        }
    }

    /// Lends the arrays for one `PQsend…` call: count, types, values, lengths, formats.
    func withArrays<T>(
        _ body: (
            CInt, UnsafePointer<Oid>?, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<CInt>?,
            UnsafePointer<CInt>?
        ) -> T
    ) -> T {
        unsafe buffer.withUnsafeBytes { bytes in
            let values = unsafe starts.map { start -> UnsafePointer<CChar>? in
                guard let start, let base = bytes.baseAddress else { return nil }
                return unsafe (base + start).assumingMemoryBound(to: CChar.self)
            }
            return unsafe values.withUnsafeBufferPointer { values in
                unsafe body(CInt(values.count), types, values.baseAddress, lengths, formats)
            }
        }
    }

    private mutating func append(_ text: some Collection<UInt8>) throws(ContainsNul) {
        let start = buffer.count
        buffer.append(contentsOf: text)
        guard !buffer[start...].contains(0) else { throw ContainsNul() }
    }

    /// Appends an array of texts of a type in PostgreSQL's binary format (`array_recv`). A list as text would have another
    /// meaning in a session with `array_nulls = off`. The format: the number of dimensions, whether there are NULLs, the
    /// type of the elements; the dimension's length and lower bound; then each element after its length, -1 for NULL.
    private mutating func append<Text: Collection<UInt8>>(_ elements: [Text?], type: Oid) throws(ContainsNul) {
        append(elements.isEmpty ? 0 : 1 as Int32)
        append(elements.contains { $0 == nil } ? 1 : 0 as Int32)
        append(Int32(bitPattern: type))
        guard !elements.isEmpty else { return }
        append(Int32(elements.count))
        append(1 as Int32)
        for element in elements {
            guard let element else {
                append(-1 as Int32)
                continue
            }
            append(Int32(element.count))
            try append(element)
        }
    }

    private mutating func append(_ number: Int32) {
        for shift in [24, 16, 8, 0] as [Int32] { buffer.append(UInt8(truncatingIfNeeded: number >> shift)) }
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
