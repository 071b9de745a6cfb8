import Foundation
import JSON
import TestSupport

/// The part of JSON Schema (draft 2020-12) that the functions' schemas use, but for formats.
enum SchemaCheck {
    /// Where a value breaks its schema, in words; empty when it fulfils it.
    static func faults(_ value: JSON, _ schema: JSON, at path: String = "$") -> [String] {
        guard case .object(let rules) = schema else { return schema == true ? [] : ["\(path): nothing is allowed"] }
        return rules.flatMap { rule in
            fulfils(value, rule, of: schema) ? [] : ["\(path): \(rule.name) \(rule.value.encodedText)"]
        } + inner(value, schema, path)
    }

    private static func fulfils(_ value: JSON, _ rule: JSON.Member, of schema: JSON) -> Bool {
        switch rule.name {
        case "type": (rule.value.text.map { [$0] } ?? rule.value.items.compactMap(\.text)).contains { value.isA($0) }
        case "enum": rule.value.items.contains(value)
        case "const": rule.value == value
        case "not": !faults(value, rule.value).isEmpty
        case "anyOf": rule.value.items.contains { faults(value, $0).isEmpty }
        case "allOf": rule.value.items.allSatisfy { faults(value, $0).isEmpty }
        case "pattern": value.text.map { matches($0, rule.value.text ?? "") } ?? true
        case "required": rule.value.items.allSatisfy { name in !value.isA("object") || value[name.text ?? ""] != nil }
        case "minLength": value.text.map { $0.unicodeScalars.count >= rule.value.integer ?? 0 } ?? true
        case "maxLength": value.text.map { $0.unicodeScalars.count <= rule.value.integer ?? 0 } ?? true
        case "minimum": value.integer.map { $0 >= rule.value.integer ?? 0 } ?? true
        case "maximum": value.integer.map { $0 <= rule.value.integer ?? 0 } ?? true
        case "minItems": !value.isA("array") || value.items.count >= rule.value.integer ?? 0
        case "maxItems": !value.isA("array") || value.items.count <= rule.value.integer ?? 0
        default: true
        }
    }

    /// In ECMAScript `$` is the very end, in ICU also the place before a last newline.
    private static func matches(_ text: String, _ pattern: String) -> Bool {
        let pattern = pattern.hasSuffix("$") ? "\(pattern.dropLast())\\z" : pattern
        return text.range(of: pattern, options: .regularExpression) != nil
    }

    private static func inner(_ value: JSON, _ schema: JSON, _ path: String) -> [String] {
        switch value {
        case .array(let items):
            guard let rule = schema["items"] else { return [] }
            return items.enumerated().flatMap { faults($1, rule, at: "\(path)[\($0)]") }
        case .object(let members):
            return members.flatMap { member in
                let rule = schema["properties"]?[member.name] ?? schema["additionalProperties"] ?? true
                return faults(member.value, rule, at: "\(path).\(member.name)")
            }
        default: return []
        }
    }
}

extension JSON {
    fileprivate func isA(_ type: String) -> Bool {
        switch self {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .number(let text): type == "number" || type == "integer" && Int(text) != nil
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        case .encoded: false
        }
    }
}
