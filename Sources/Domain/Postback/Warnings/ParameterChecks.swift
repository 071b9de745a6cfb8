/// Warnings about parameters and headers that do not do what they seem to do.
extension RequestText {
    /// Most receivers take one of the two values, but not all of them the same one. A name that ends in `[]` is the
    /// name of a list.
    var repeatedParams: [PostbackWarning] {
        let names = parts.filter { $0.kind == .queryName && !$0.name.isEmpty }.map(\.name)
        var (inURL, twice) = (Set<String>(), Set<String>())
        for name in names where !inURL.insert(name).inserted && !name.hasSuffix("[]") { twice.insert(name) }
        let inBoth = inURL.intersection(paramNames)
        var warnings: [PostbackWarning] = []
        if !inBoth.isEmpty {
            warnings.append(
                PostbackWarning(
                    .repeatedParam,
                    "\(RequestText.list(inBoth)): sent twice, once from the URL's query and once from requestParams; leave one of them out"
                ))
        }
        if !twice.isEmpty {
            warnings.append(
                PostbackWarning(
                    .repeatedParam, "\(RequestText.list(twice)): twice in the URL's query; leave one of them out"))
        }
        return warnings
    }

    /// Everyone who may list postbacks sees the URL, and it is written into logs on its way.
    var secretsInURL: [PostbackWarning] {
        let names = parts.filter { part in
            part.kind == .queryValue && part.uses.isEmpty && SecretName.isOfParam(part.name)
        }.map(\.name)
        guard !names.isEmpty else { return [] }
        return [
            PostbackWarning(
                .secretInURL,
                "the URL has a secret in \(RequestText.list(Set(names))), which is stored and shown unencrypted; give it in requestParams, requestHeaders or basicAuth, where it is sealed"
            )
        ]
    }

    /// Receivers read bytes beyond ASCII in different ways (RFC 9110 §5.5).
    var headersBeyondASCII: [PostbackWarning] {
        let names = parts.filter { $0.kind == .header && $0.hasTextBeyondASCII }.map(\.name)
        guard !names.isEmpty else { return [] }
        return [
            PostbackWarning(
                .headerNotASCII,
                "\(RequestText.list(Set(names))): has characters that are not ASCII, which receivers read in different ways; send them in a parameter, or percent-encoded"
            )
        ]
    }

    /// Lists names in the order of their bytes, at most ten of them.
    private static func list(_ names: Set<String>) -> String {
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let more = sorted.count > 10 ? " and \(sorted.count - 10) more" : ""
        return sorted.prefix(10).map { "\"\($0.prefix(64))\"" }.joined(separator: ", ") + more
    }
}

extension RequestText.Part {
    fileprivate var hasTextBeyondASCII: Bool {
        let maps = uses.flatMap { use in
            if case .map(let entries)? = use.format { entries.map(\.value) } else { [String]() }
        }
        return (literals + uses.compactMap(\.fallback) + maps).contains { !$0.utf8.allSatisfy { $0 < 0x80 } }
    }
}

extension RequestTemplate {
    /// Answers are not decompressed: they are kept and judged as they come.
    var acceptEncoding: [PostbackWarning] {
        guard let field = requestHeaders.fields.first(where: { $0.name.lowercased() == "accept-encoding" }),
            case .open(let value) = field.value, !value.allowsOnlyIdentity
        else { return [] }
        let judged = successWhen.bodyContains != nil || successWhen.bodyLacks != nil
        let result = judged ? "successWhen looks into the compressed bytes" : "attempts show the compressed bytes"
        return [
            PostbackWarning(
                .acceptEncoding,
                "requestHeaders.\(field.name) asks for a compressed answer, and answers are not decompressed: \(result); leave the header out"
            )
        ]
    }
}

extension Template {
    /// Whether every coding but `identity` has the weight 0 (RFC 9110 §12.5.3).
    fileprivate var allowsOnlyIdentity: Bool {
        guard uses.isEmpty else { return false }
        return text.lowercased().split(separator: ",").allSatisfy { coding in
            let parts = coding.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let name = parts.first, !name.isEmpty, name != "identity" else { return true }
            return parts.dropFirst().contains { $0.wholeMatch(of: /q=0(\.0*)?/) != nil }
        }
    }
}
