package import JSON

extension JSON {
    /// The value at a path such as `goals.0.id`; nil if there is none.
    package func at(_ path: String) -> JSON? {
        path.split(separator: ".").reduce(self) { (json: JSON?, step) in
            guard let json else { return nil }
            if case .array(let items) = json {
                return Int(step).flatMap { items.indices.contains($0) ? items[$0] : nil }
            }
            return json[String(step)]
        }
    }

    /// The items of a list; empty for everything else.
    package var items: [JSON] {
        if case .array(let items) = self { items } else { [] }
    }

    package var integer: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }
}
