/// Path segments that lead to another path: `.` and `..`, in which `%2e` counts as a point (WHATWG URL §4.1).
enum DotSegments {
    /// Returns the first dot segment in the path of a request's target, as it is written there; nil if there is none.
    static func first(in target: String) -> String? {
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        let segment = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).first(where: isOne)
        return segment.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Returns the first dot segment that is one whatever the values of the macros are.
    static func first(in template: Template) -> String? {
        // The letter stands for a macro: a segment with a macro is checked when it is rendered.
        let text = template.segments.map { segment in
            switch segment {
            case .literal(let text): text
            case .macro: "m"
            }
        }
        return first(in: text.joined())
    }

    private static func isOne(_ segment: some Collection<UInt8>) -> Bool {
        var rest = segment[...]
        var points = 0
        while let byte = rest.first {
            if byte == UInt8(ascii: ".") {
                rest = rest.dropFirst()
            } else if rest.prefix(3).elementsEqual("%2e".utf8) || rest.prefix(3).elementsEqual("%2E".utf8) {
                rest = rest.dropFirst(3)
            } else {
                return false
            }
            points += 1
            if points > 2 { return false }
        }
        return points > 0
    }
}
