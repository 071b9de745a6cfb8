import Input
import JSON

@testable import Domain

/// The first byte says where the template stands, the rest is its text.
func checkTemplate(_ bytes: [UInt8]) throws(Violation) {
    guard let first = bytes.first, let text = String(validating: bytes.dropFirst(), as: UTF8.self) else { return }
    let place: Template.Place = [.url, .parameter, .header][Int(first) % 3]
    let template: Template
    do throws(Invalid) {
        template = try Template(parsing: text, in: place)
    } catch {
        try require(!error.message.isEmpty, "a refusal says why")
        return
    }
    try require(template.text.isSame(as: text), "a template keeps its text")
    try require((try? Template(parsing: text, in: place)) == template, "a template is read alike each time")
    try require(
        (try? Template(parsing: template.written, in: place))?.segments == template.segments,
        "its parts written again are the same parts")
    for use in template.uses {
        try require(!use.isRaw || place == .url, "only a URL takes a value unencoded")
        try require(use.jsonType == nil || template.typedMacro != nil, "a number or boolean stands alone")
        try require((try? Macro(parsing: use.macro.name)) == use.macro, "a macro's name names it")
    }
    // Values that look like macros: nothing is expanded twice, and only they stand where macros stood.
    for values in [MacroValues.hostile, .empty] {
        if let (use, type) = template.typedMacro { try checkTyped(values.json(of: use, as: type), type) }
        guard let rendered = try? template.rendered(values) else { continue }
        var expected = ""
        for segment in template.segments {
            switch segment {
            case .literal(let text): expected += text
            case .macro(let use): expected += values.text(of: use)
            }
        }
        try require(rendered.isSame(as: expected), "a template is expanded once")
        if template.uses.isEmpty {
            let plain = text.replacingBraces
            try require(rendered.isSame(as: plain), "a text without macros is itself, with single braces")
        }
    }
}

/// What stands in a JSON body without quotes is JSON of its type.
private func checkTyped(_ json: JSON, _ type: JSONType) throws(Violation) {
    try require((try? JSON(parsing: json.bytes)) == json, "\(json.encodedText) is JSON")
    switch json {
    case .null: break
    case .number: try require(type == .number, "a number is one")
    case .bool: try require(type == .boolean, "a boolean is one")
    default: throw Violation(description: "\(json.kind) stands for a \(type.rawValue)")
    }
}

extension Template {
    /// The text that would be read as these segments.
    fileprivate var written: String {
        segments.map { segment in
            switch segment {
            case .literal(let text): text.doublingBraces
            case .macro(let use): use.written
            }
        }.joined()
    }
}

extension MacroUse {
    fileprivate var written: String {
        var text = "{\(isRaw ? "_" : "")\(macro.name)"
        switch format {
        case .unix: text += ":unix"
        case .unixms: text += ":unixms"
        case .date: text += ":date"
        case .map(let entries): text += ":" + entries.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        case .pattern(let pattern): text += ":\(pattern.text)"
        case .minor: text += ":minor"
        case .fixed(let decimals): text += ":fixed=\(decimals)"
        case nil: break
        }
        if let jsonType { text += ":\(jsonType.rawValue)" }
        if let fallback { text += "|\(fallback)" }
        return text + "}"
    }
}

extension String {
    fileprivate var doublingBraces: String {
        String(decoding: utf8.flatMap { $0 == 0x7b || $0 == 0x7d ? [$0, $0] : [$0] }, as: UTF8.self)
    }

    /// Every second brace is the first one's double.
    fileprivate var replacingBraces: String {
        var isSecond = true
        return String(
            decoding: utf8.filter { byte in
                guard byte == 0x7b || byte == 0x7d else { return true }
                isSecond.toggle()
                return !isSecond
            }, as: UTF8.self)
    }
}
