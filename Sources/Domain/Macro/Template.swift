package import Input
import JSON

/// Text with macros, parsed once. Values are inserted in a single pass; macros in them are not expanded.
package struct Template: Sendable, Hashable {
    /// The template as it was written.
    package let text: String
    package let segments: [Segment]

    package enum Segment: Sendable, Hashable {
        /// Plain text, in which `{{` and `}}` are single braces already.
        case literal(String)
        case macro(MacroUse)

        var use: MacroUse? { if case .macro(let use) = self { use } else { nil } }
    }

    /// The place of a template, which decides what it may contain.
    package enum Place: Sendable {
        case url, parameter, header
    }

    /// Throws all faults, each with the position of its brace: in Unicode scalars, counted from `firstPosition`. At
    /// most `hintLimit` faults suggest what was probably meant; nobody is shown more than `Fault.limit`.
    package init(
        parsing text: String, in place: Place, firstPosition: Int = 1, hintLimit: Int = Fault.limit
    ) throws(Invalid) {
        let bytes = text.utf8
        let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
        var segments: [Segment] = []
        var literal = ""
        var index = bytes.startIndex
        var faults = TemplateFaults(text, firstPosition: firstPosition, hintLimit: hintLimit)
        func flush() {
            if !literal.isEmpty { segments.append(.literal(literal)) }
            literal = ""
        }
        while let brace = bytes[index...].firstIndex(where: { $0 == open || $0 == close }) {
            literal += text[index..<brace]
            index = brace
            let after = bytes.index(after: brace)
            if after < bytes.endIndex, bytes[after] == bytes[brace] {
                literal += text[brace..<after]
                index = bytes.index(after: after)
                continue
            }
            // After an unpaired brace it is not clear which braces belong together.
            if bytes[brace] == close {
                faults.add("has a } without its { at", index, advice: "a literal brace is written }}")
                break
            }
            guard let end = bytes[after...].firstIndex(where: { $0 == open || $0 == close }), bytes[end] == close else {
                faults.add("has a { that is not closed, at", index, advice: "a literal brace is written {{")
                break
            }
            flush()
            do throws(Invalid) {
                segments.append(.macro(try MacroUse(parsing: text[after..<end], in: place, hints: faults.areFew)))
            } catch {
                faults.add(error, at: index)
            }
            index = bytes.index(after: end)
        }
        if let wrong = faults.wrong { throw wrong }
        literal += text[index...]
        flush()
        if place != .parameter || segments.count > 1,
            let (use, type) = segments.lazy.compactMap({ $0.use?.typed }).first
        {
            throw Invalid(
                "has {\(use.macro.name):\(type.rawValue)}, which is a JSON \(type.rawValue): only as a param's whole value"
            )
        }
        self.text = text
        self.segments = segments
    }

    /// The macros in the template.
    package var uses: [MacroUse] { segments.compactMap(\.use) }

    /// The macro of a template that consists of `{name:number}` or `{name:boolean}` and nothing else.
    var typedMacro: (use: MacroUse, type: JSONType)? { segments.count == 1 ? segments[0].use?.typed : nil }

    /// Returns the text with every macro replaced. `literal` and `value` encode each part for its place.
    func rendered(
        _ values: MacroValues, literal: (String) -> String = { $0 },
        value: (String, MacroUse) -> String = { text, _ in text }
    ) throws(RenderingError) -> String {
        var result = ""
        for segment in segments {
            switch segment {
            case .literal(let text): result += literal(text)
            case .macro(let use): result += value(values.text(of: use), use)
            }
            // The size is checked at each step: a template may repeat a long value without end.
            guard result.utf8.count <= RequestRendering.byteLimit else { throw .tooLarge }
        }
        return result
    }
}

extension MacroUse {
    fileprivate var typed: (use: MacroUse, type: JSONType)? { jsonType.map { (self, $0) } }
}

/// The limits for templates that a caller gives. A stored template may exceed them: it costs more, but it is sent.
extension Template {
    /// The largest template, in bytes.
    package static let byteLimit = 8192
    /// The largest number of entries in one map.
    package static let mapLimit = 256

    package init(
        parsing text: String, in place: Place, from source: StoredSecret.Source, hintLimit: Int = Fault.limit
    ) throws(Invalid) {
        if source == .caller, text.utf8.count > Template.byteLimit {
            throw Invalid("must have at most \(Template.byteLimit) bytes, not \(text.utf8.count)")
        }
        try self.init(parsing: text, in: place, hintLimit: hintLimit)
        if source == .caller { try checkMaps() }
    }

    /// Throws if a map has too many entries.
    func checkMaps() throws(Invalid) {
        for use in uses {
            let count = use.mapEntryCount
            guard count <= Template.mapLimit else {
                throw Invalid(
                    "has a map for {\(use.macro.name)} of \(count) entries; at most \(Template.mapLimit) are allowed")
            }
        }
    }
}

extension MacroUse {
    /// The number of entries in its map; 0 without a map.
    var mapEntryCount: Int {
        if case .map(let entries) = format { entries.count } else { 0 }
    }
}
