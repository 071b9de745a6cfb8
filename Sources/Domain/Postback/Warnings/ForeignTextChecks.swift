import Text

/// Warnings about text that was written for another system.
extension RequestText {
    /// The largest number of pieces that are named.
    private static let limit = 10

    /// One warning for each piece.
    var foreignMacros: [PostbackWarning] {
        var found: [(field: String, macro: ForeignMacro)] = []
        for part in parts where found.count < RequestText.limit {
            let place = ForeignMacro.Place(
                parameter: part.kind == .queryName ? "" : part.name, isName: part.kind == .queryName)
            for macro in ForeignMacro.found(in: part.segments, place)
            where !found.contains(where: { $0.field == part.field && $0.macro.text == macro.text }) {
                found.append((part.field, macro))
                if found.count == RequestText.limit { break }
            }
        }
        return found.map { field, macro in
            let doubt = macro.meaning.doubt.map { " (\($0))" } ?? ""
            return PostbackWarning(
                .foreignMacro,
                "\(field) has \"\(macro.text.prefix(80))\", which is sent unchanged; the macro here is \(macro.meaning.template)\(doubt)"
            )
        }
    }

    /// Finds entities such as `&amp;`, with which a URL is written in the source of a page.
    var htmlEntities: [PostbackWarning] {
        var found: [(field: String, entity: String)] = []
        if let entity = RequestText.entities.first(where: { name in urlLiterals.contains { $0.contains(bytesOf: name) }
        }) {
            found.append(("url", entity))
        }
        found += paramNames.filter { $0.hasPrefix("amp;") }.map { ("requestParams.\($0)", "amp;") }
        // In a value it may be intended, unless the value is a URL.
        for part in parts where part.kind == .param || part.kind == .header {
            if part.literals.contains(where: { $0.contains(bytesOf: "&amp;") && $0.contains(bytesOf: "=") }) {
                found.append((part.field, "&amp;"))
            }
        }
        return found.prefix(RequestText.limit).map { field, entity in
            PostbackWarning(
                .htmlEntity,
                "\(field) has \"\(entity)\", which is a character in HTML's notation and is sent unchanged; write the character itself, such as & between parameters"
            )
        }
    }

    private static let entities = ["&amp;", "&quot;", "&apos;", "&lt;", "&gt;"]
}
