import JSON
import Secrets

/// Renders a postback's params for one attempt.
struct ParameterRendering {
    private let values: MacroValues
    private let omitEmpty: Bool
    /// Whether secrets are written as they are. Otherwise a mask stands for each of them, as an attempt records it.
    private let showsSecrets: Bool

    init(_ values: MacroValues, omitEmpty: Bool, showsSecrets: Bool = true) {
        self.values = values
        self.omitEmpty = omitEmpty
        self.showsSecrets = showsSecrets
    }

    /// Renders `name=value` joined by `&`; a list repeats the name. All secrets must have been opened.
    func pairs(_ params: RequestParams, encode: (String) -> String) throws(RenderingError) -> String {
        var text = ""
        func add(_ name: String, _ value: ParamValue) throws(RenderingError) {
            let rendered: String
            switch value {
            case .text(let template): rendered = try template.rendered(values)
            case .number(let digits): rendered = digits
            case .bool(let value): rendered = value ? "true" : "false"
            case .null, .object: rendered = ""
            case .secret(let secret, let field):
                if showsSecrets { return try add(name, try secret.param(field)) }
                text += "\(text.isEmpty ? "" : "&")\(name)=\(Secret.mask)"
                return
            case .list(let items):
                for item in items { try add(name, item) }
                return
            }
            if omitEmpty, rendered.isEmpty { return }
            if !text.isEmpty { text += "&" }
            text += name
            text += "="
            text += encode(rendered)
            guard text.utf8.count <= RequestRendering.byteLimit else { throw .tooLarge }
        }
        for (name, value) in params.members { try add(encode(name), value) }
        return text
    }

    /// Renders one object, with the names sorted at every depth. All secrets must have been opened.
    func json(_ params: RequestParams) throws(RenderingError) -> JSON {
        var size = 0
        return try object(params.members, &size)
    }

    private func object(
        _ members: [(name: String, value: ParamValue)], _ size: inout Int
    ) throws(RenderingError) -> JSON {
        var rendered: [JSON.Member] = []
        for (name, value) in members {
            let value = try json(value, &size)
            if omitEmpty, value == .null || value == .string("") { continue }
            rendered.append(JSON.Member(name, value))
        }
        return .object(rendered)
    }

    private func json(_ value: ParamValue, _ size: inout Int) throws(RenderingError) -> JSON {
        switch value {
        case .text(let template):
            let rendered: JSON
            if let (use, type) = template.typedMacro {
                rendered = values.json(of: use, as: type)
            } else {
                rendered = .string(try template.rendered(values))
            }
            if case .string(let text) = rendered { size += text.utf8.count }
            if case .number(let text) = rendered { size += text.utf8.count }
            guard size <= RequestRendering.byteLimit else { throw .tooLarge }
            return rendered
        case .number(let text): return .number(text)
        case .bool(let value): return .bool(value)
        case .null: return .null
        case .list(let items):
            var rendered: [JSON] = []
            for item in items { rendered.append(try json(item, &size)) }
            return .array(rendered)
        case .object(let members): return try object(members, &size)
        case .secret(let secret, let field):
            return showsSecrets ? try json(try secret.param(field), &size) : .string(Secret.mask)
        }
    }
}

extension StoredSecret {
    fileprivate func param(_ field: String) throws(RenderingError) -> ParamValue {
        guard let value = openParam else { throw .secret("\(field) is no value of a param") }
        return value
    }
}
