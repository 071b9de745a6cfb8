extension [UInt8] {
    /// The bytes as text.
    var text: String { String(decoding: self, as: UTF8.self) }

    init(_ text: String) { self = Array(text.utf8) }
}
