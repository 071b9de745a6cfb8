/// The headers of a message in their order. Names are compared without regard to case (RFC 9110 §5.1), and a name may
/// have several values.
extension Sequence<(name: String, value: String)> {
    /// The values of a header, in their order.
    package func values(ofHeader name: String) -> [String] {
        let name = name.lowercased()
        return compactMap { $0.name.lowercased() == name ? $0.value : nil }
    }

    /// The first value of a header.
    package func value(ofHeader name: String) -> String? { values(ofHeader: name).first }

    package func hasHeader(_ name: String) -> Bool { value(ofHeader: name) != nil }
}
