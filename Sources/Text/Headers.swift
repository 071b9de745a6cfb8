/// The headers of a message in their order. Names are told apart without regard to case (RFC 9110 §5.1), and one name may have
/// several values.
extension Sequence<(name: String, value: String)> {
    /// The values under a name, in their order.
    package func values(ofHeader name: String) -> [String] {
        let name = name.lowercased()
        return compactMap { $0.name.lowercased() == name ? $0.value : nil }
    }

    /// The first value under a name.
    package func value(ofHeader name: String) -> String? { values(ofHeader: name).first }

    package func hasHeader(_ name: String) -> Bool { value(ofHeader: name) != nil }
}
