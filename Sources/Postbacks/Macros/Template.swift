package import JSON

/// Text with macros, taken apart once. Values are put in in a single pass and never expanded again.
package struct Template: Sendable, Hashable {
    /// As it was written.
    package let text: String
    package let segments: [Segment]

    package enum Segment: Sendable, Hashable {
        /// With `{{` and `}}` already as single braces.
        case literal(String)
        case macro(MacroUse)

        var use: MacroUse? { if case .macro(let use) = self { use } else { nil } }
    }

    /// Where a template stands, which decides what it may use.
    package enum Place: Sendable {
        case url, parameter, header
    }

    /// Throws what is wrong, with the position of the brace in characters (Unicode scalars), from `firstPosition` on.
    package init(parsing text: String, in place: Place, firstPosition: Int = 1) throws(Wrong) {
        var segments: [Segment] = []
        var literal = String.UnicodeScalarView()
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        var position = firstPosition
        func next(_ expected: Unicode.Scalar) -> Bool {
            let after = scalars.index(after: index)
            return after < scalars.endIndex && scalars[after] == expected
        }
        func flush() {
            if !literal.isEmpty { segments.append(.literal(String(literal))) }
            literal.removeAll()
        }
        while index < scalars.endIndex {
            let scalar = scalars[index]
            if scalar == "{" || scalar == "}", next(scalar) {
                literal.append(scalar)
                index = scalars.index(index, offsetBy: 2)
                position += 2
            } else if scalar == "}" {
                throw Wrong("has a } without its { at character \(position); a literal brace is written }}")
            } else if scalar == "{" {
                let start = scalars.index(after: index)
                guard let end = scalars[start...].firstIndex(where: { $0 == "}" || $0 == "{" }), scalars[end] == "}"
                else {
                    throw Wrong("has a { that is not closed, at character \(position); a literal brace is written {{")
                }
                flush()
                let inside = Substring(scalars[start..<end])
                do throws(Wrong) {
                    segments.append(.macro(try MacroUse(parsing: inside, in: place)))
                } catch {
                    throw Wrong("\(error.message) (at character \(position))")
                }
                position += scalars.distance(from: index, to: end) + 1
                index = scalars.index(after: end)
            } else {
                literal.append(scalar)
                index = scalars.index(after: index)
                position += 1
            }
        }
        flush()
        if place != .parameter || segments.count > 1, let use = segments.lazy.compactMap(\.use).first(where: \.isNumber)
        {
            throw Wrong("has {\(use.macro.name):number}, which is a JSON number: only as a param's whole value")
        }
        self.text = text
        self.segments = segments
    }

    /// The macros that it uses.
    package var uses: [MacroUse] { segments.compactMap(\.use) }

    /// The only macro of a template that is `{name:number}` and nothing else.
    var wholeNumber: MacroUse? { segments.count == 1 ? segments[0].use.flatMap { $0.isNumber ? $0 : nil } : nil }

    /// The text with every macro replaced; `literal` and `value` say how each part is written in its place.
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
            // Checked on the way: a template may repeat a long value without end.
            guard result.utf8.count <= RequestRendering.byteLimit else { throw .tooLarge }
        }
        return result
    }
}
