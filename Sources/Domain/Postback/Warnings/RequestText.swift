import JSON
import Text

/// The texts of a request, split as a receiver splits them. Secret values are not among them.
struct RequestText {
    /// The parts of the URL, then of the params, then of the headers, each in their order.
    let parts: [Part]
    let urlLiterals: [String]
    /// The names of the members of requestParams.
    let paramNames: [String]

    struct Part {
        let kind: Kind
        /// The field as a message names it: `requestParams.a`.
        let field: String
        /// The name of the parameter or header, percent-decoded; empty if there is none or it contains a macro.
        let name: String
        let segments: [Template.Segment]

        enum Kind { case path, queryName, queryValue, param, header }

        var literals: [String] { segments.compactMap(\.text) }
        var uses: [MacroUse] { segments.compactMap(\.use) }
    }

    init(_ template: RequestTemplate) {
        var parts = RequestText.parts(of: template.url)
        for (name, value) in template.requestParams.members {
            RequestText.add(value, name, Path.root.member("requestParams").member(name), &parts)
        }
        for field in template.requestHeaders.fields {
            guard case .open(let value) = field.value else { continue }
            parts.append(
                Part(
                    kind: .header, field: "requestHeaders.\(field.name)", name: field.name, segments: value.segments))
        }
        self.parts = parts
        urlLiterals = template.url.rest.segments.compactMap(\.text)
        paramNames = template.requestParams.members.map(\.name)
    }

    var uses: [MacroUse] { parts.flatMap(\.uses) }

    private static func add(_ value: ParamValue, _ name: String, _ path: Path, _ parts: inout [Part]) {
        func add(_ segments: [Template.Segment]) {
            parts.append(Part(kind: .param, field: path.description, name: name, segments: segments))
        }
        if case .text(let template) = value { add(template.segments) }
        if case .number(let digits) = value { add([.literal(digits)]) }
        if case .bool(let value) = value { add([.literal(value ? "true" : "false")]) }
        if case .list(let items) = value {
            for (index, item) in items.enumerated() { RequestText.add(item, name, path.item(index), &parts) }
        }
        if case .object(let members) = value {
            for (name, value) in members { RequestText.add(value, name, path.member(name), &parts) }
        }
    }

    /// Splits a URL into the segments of its path, and the names and values of its query.
    private static func parts(of url: PostbackURL) -> [Part] {
        var parts: [Part] = []
        var (kind, name, segments) = (Part.Kind.path, "", [Template.Segment]())
        func end(_ next: Part.Kind) {
            if kind == .queryName { name = decodedName(segments) }
            parts.append(Part(kind: kind, field: "url", name: kind == .path ? "" : name, segments: segments))
            (kind, segments) = (next, [])
            if next == .queryName { name = "" }
        }
        for segment in url.rest.segments {
            guard case .literal(let literal) = segment else {
                segments.append(segment)
                continue
            }
            var begin = literal.startIndex
            for index in literal.utf8.indices {
                let next: Part.Kind? =
                    switch (kind, literal.utf8[index]) {
                    case (.path, UInt8(ascii: "/")): .path
                    case (.path, UInt8(ascii: "?")), (.queryName, UInt8(ascii: "&")), (.queryValue, UInt8(ascii: "&")):
                        .queryName
                    case (.queryName, UInt8(ascii: "=")): .queryValue
                    default: nil
                    }
                guard let next else { continue }
                if begin < index { segments.append(.literal(String(literal[begin..<index]))) }
                end(next)
                begin = literal.utf8.index(after: index)
            }
            if begin < literal.endIndex { segments.append(.literal(String(literal[begin...]))) }
        }
        end(.path)
        return parts.filter { !$0.segments.isEmpty }
    }

    private static func decodedName(_ segments: [Template.Segment]) -> String {
        guard segments.allSatisfy({ $0.text != nil }) else { return "" }
        return PercentEncoding.decoded(segments.compactMap(\.text).joined())
    }
}
