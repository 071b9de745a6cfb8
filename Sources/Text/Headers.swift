/// The headers of a message in their order. Names are compared without regard to case (RFC 9110 §5.1), and a name may
/// have several values.
extension Sequence<(name: String, value: String)> {
    /// The values of a header, in their order.
    package func values(ofHeader name: String) -> [String] {
        compactMap { $0.name.isSameHeaderName(as: name) ? $0.value : nil }
    }

    /// The first value of a header.
    package func value(ofHeader name: String) -> String? { values(ofHeader: name).first }

    package func hasHeader(_ name: String) -> Bool { value(ofHeader: name) != nil }
}

extension String {
    /// Compares two names of headers. Names are tokens, so that only the case of ASCII letters is ignored.
    package func isSameHeaderName(as other: String) -> Bool {
        let (own, others) = (utf8.span, other.utf8.span)
        guard own.count == others.count else { return false }
        for index in own.indices where own[index] != others[index] {
            guard own[index] | 0x20 == others[index] | 0x20, own[index].isLetter else { return false }
        }
        return true
    }
}
