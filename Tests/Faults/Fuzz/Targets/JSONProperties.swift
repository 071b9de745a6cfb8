import JSON

func checkJSON(_ bytes: [UInt8]) throws(Violation) {
    let outline = try? JSON.outline(of: bytes)
    let leading = JSON.leadingMember("id", of: bytes)
    guard let value = try? JSON(parsing: bytes) else { return }
    try require(String(validating: bytes, as: UTF8.self) != nil, "what is accepted is UTF-8")
    try checkContents(value, depth: 0)

    let written = value.bytes
    try checkText(written)
    try require((try? JSON(parsing: written)) == value, "what is written is read as the same value")
    try require((try? JSON(parsing: Array(value.pretty().utf8))) == value, "so is what is laid out for people")
    try require((try? JSON(parsing: value.sorted.bytes))?.sorted == value.sorted, "so is what is sorted")

    guard case .object(let members) = value else {
        try require(outline == nil, "only an object has an outline")
        return
    }
    guard let outline else { throw Violation(description: "an accepted object has no outline") }
    try require(outline.count == members.count, "an outline has every member")
    for (place, member) in zip(outline, members) {
        try require(place.name.isSame(as: member.name), "an outline has the names")
        let inner = try? JSON(parsing: Array(bytes[place.place]))
        try require(inner == member.value, "an outline has the places of the values")
    }
    if let first = members.first, first.isNamed("id") {
        switch first.value {
        case .array, .object: try require(leading == nil, "a leading member is no container")
        default: try require(leading == first.value, "the leading member is the first one")
        }
    }
}

/// One line that any reader of JSON takes, PostgreSQL's included.
func checkText(_ bytes: [UInt8]) throws(Violation) {
    try require(bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f }, "what is written has no control characters")
    try require(String(validating: bytes, as: UTF8.self) != nil, "what is written is UTF-8")
}

private func checkContents(_ value: JSON, depth: Int) throws(Violation) {
    switch value {
    case .null, .bool: break
    case .encoded: throw Violation(description: "the parser makes no encoded value")
    case .number(let text): try require(isNumber(text), "\(text) is a number of RFC 8259")
    case .string(let text): try require(!text.utf8.contains(0), "no text has a NUL")
    case .array(let items):
        try require(depth < JSON.depthLimit, "nothing is deeper than \(JSON.depthLimit)")
        for item in items { try checkContents(item, depth: depth + 1) }
    case .object(let members):
        try require(depth < JSON.depthLimit, "nothing is deeper than \(JSON.depthLimit)")
        try require(Set(members.map { Array($0.name.utf8) }).count == members.count, "no name stands twice")
        for member in members {
            try require(!member.name.utf8.contains(0), "no name has a NUL")
            try checkContents(member.value, depth: depth + 1)
        }
    }
}

/// RFC 8259 §6, by its grammar from the end of each part to the next, and not as the parser reads it.
private func isNumber(_ text: String) -> Bool {
    var rest = Substring(text)
    func digits() -> Substring {
        let digits = rest.prefix { ("0"..."9").contains($0) }
        rest = rest.dropFirst(digits.count)
        return digits
    }
    if rest.first == "-" { rest = rest.dropFirst() }
    let whole = digits()
    guard whole == "0" || whole.first.map({ $0 != "0" }) == true else { return false }
    if rest.first == "." {
        rest = rest.dropFirst()
        if digits().isEmpty { return false }
    }
    if rest.first == "e" || rest.first == "E" {
        rest = rest.dropFirst()
        if rest.first == "+" || rest.first == "-" { rest = rest.dropFirst() }
        if digits().isEmpty { return false }
    }
    return rest.isEmpty
}
