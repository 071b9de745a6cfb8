package import JSON

/// One field of an input, or of an object in it, described in words. It is made from the JSON Schema, which is made
/// from the code that reads the field, so that the three always agree.
package struct FieldOutline: Equatable, Sendable {
    /// The path from the input, such as `basicAuth.login`, or `goals[].id` for a field of a list's items.
    package let path: String
    /// The number of objects that enclose the field, not counting the input.
    package let depth: Int
    package let isRequired: Bool
    /// The values that it accepts.
    package let type: String
    /// The default as JSON; nil if there is none.
    package let fallback: String?
    package let meaning: String

    package var name: String { path.split(separator: ".").last.map(String.init) ?? path }

    /// The fields of an object's schema, each followed by the fields inside it.
    package static func all(in schema: JSON) -> [FieldOutline] { fields(of: [schema], in: "", depth: 0) }

    /// `schemas` contains alternative schemas of the same object.
    private static func fields(of schemas: [JSON], in path: String, depth: Int) -> [FieldOutline] {
        let alternatives = schemas.flatMap(\.objectAlternatives)
        let isAlwaysObject = !schemas.flatMap(\.alternatives).contains { $0["type"] == "string" }
        var names: [String] = []
        for alternative in alternatives {
            for member in alternative.properties where !names.contains(member.name) { names.append(member.name) }
        }
        return names.flatMap { name in
            let schemas = alternatives.compactMap { alternative in
                alternative.properties.first { $0.isNamed(name) }?.value
            }
            let isRequired =
                isAlwaysObject
                && alternatives.allSatisfy { alternative in
                    alternative["required"]?.items.contains(.string(name)) == true
                }
            let path = path.isEmpty ? name : "\(path).\(name)"
            let field = FieldOutline(
                path: path, depth: depth, isRequired: isRequired, type: schemas[0].typeInWords,
                fallback: schemas[0]["default"]?.encodedText, meaning: schemas[0].meaning)
            let items = schemas.flatMap(\.alternatives).compactMap { $0["items"] }
            return [field] + fields(of: schemas, in: path, depth: depth + 1)
                + fields(of: items, in: "\(path)[]", depth: depth + 1)
        }
    }
}

extension JSON {
    fileprivate var items: [JSON] { if case .array(let items) = self { items } else { [] } }
    fileprivate var properties: [Member] { (self["properties"] ?? .null).members }

    /// The schema and all of its `anyOf` alternatives.
    fileprivate var alternatives: [JSON] { [self] + (self["anyOf"]?.items ?? []).flatMap(\.alternatives) }

    /// The alternatives that list the members of an object. An alternative that only says which members exclude one
    /// another does not count.
    fileprivate var objectAlternatives: [JSON] {
        alternatives.filter { alternative in
            alternative["additionalProperties"] == false && !alternative.properties.isEmpty
        }
    }

    /// The distinct descriptions of the schema and of its alternatives, which say what the field means.
    fileprivate var meaning: String {
        var words: [String] = []
        for alternative in alternatives {
            guard let text = alternative["description"]?.text, !words.contains(where: { $0.contains(text) }) else {
                continue
            }
            words.append(text)
        }
        return words.joined(separator: " ")
    }

    /// The accepted values in words. Null and the empty text are left out, because they only mean a missing field.
    fileprivate var typeInWords: String {
        if let title = self["title"]?.text { return title }
        if let values = self["enum"]?.items.filter({ $0 != .null && $0 != "" }), !values.isEmpty {
            return values.map(\.encodedText).joined(separator: ", ")
        }
        if let first = self["anyOf"]?.items.first, self["type"] == nil { return first.typeInWords }
        let type = self["type"]?.text ?? self["type"]?.items.first?.text
        switch type {
        case "boolean": return "true or false"
        case "integer": return integerInWords
        case "number": return "number"
        case "string": return textInWords
        case "array":
            let limit = self["maxItems"].map { ", at most \($0.encodedText)" } ?? ""
            let item = self["items"]?.typeInWords ?? "anything"
            let isCounted = item == "object" || item.hasSuffix(" name")
            return "list of \(item)\(isCounted ? "s" : "")\(limit)"
        case "object":
            if let values = self["additionalProperties"], values["type"] != nil { return "object of texts" }
            return "object"
        default: return "anything"
        }
    }

    private var integerInWords: String {
        let minimum = self["minimum"]?.encodedText ?? "0"
        guard let maximum = self["maximum"]?.encodedText, maximum != "\(Int.max)" else {
            return "whole number from \(minimum) on"
        }
        return "whole number from \(minimum) to \(maximum)"
    }

    private var textInWords: String {
        let minimum = self["minLength"]?.encodedText ?? "0"
        guard let maximum = self["maxLength"]?.encodedText else { return "text" }
        return minimum == "0" ? "text of at most \(maximum) characters" : "text of \(minimum) to \(maximum) characters"
    }
}
