/// Writes JSON text (RFC 8259) on one line, from front to back and without a tree, with the escapes of `JSON.bytes`.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Removes and returns what was written.
    package mutating func takeBytes() -> [UInt8] {
        let taken = bytes
        bytes = []
        return taken
    }

    package mutating func write(_ value: JSON) { value.write(to: &bytes) }

    /// Writes an object. `members` writes its members, in their order and each under another name.
    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        members(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    package mutating func member(_ name: StaticString, _ value: String) {
        begin(name)
        JSON.write(value, to: &bytes)
    }

    package mutating func member(_ name: StaticString, _ value: Int) {
        begin(name)
        bytes.append(contentsOf: String(value).utf8)
    }

    package mutating func member(_ name: StaticString, _ value: Bool) {
        begin(name)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes a number with at most three decimals.
    package mutating func member(_ name: StaticString, thousandths: Int) {
        begin(name)
        let (whole, rest) = thousandths.quotientAndRemainder(dividingBy: 1000)
        if thousandths < 0, whole == 0 { bytes.append(UInt8(ascii: "-")) }
        bytes.append(contentsOf: String(whole).utf8)
        if rest == 0 { return }
        bytes.append(UInt8(ascii: "."))
        bytes.append(contentsOf: String(1000 + rest.magnitude).utf8.dropFirst())
        while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    }

    package mutating func member(_ name: StaticString, _ value: JSON) { member(name) { $0.write(value) } }

    /// Writes a member. `value` writes its value.
    package mutating func member(_ name: StaticString, _ value: (inout JSONWriter) -> Void) {
        begin(name)
        value(&self)
    }

    package mutating func endLine() { bytes.append(UInt8(ascii: "\n")) }

    /// Writes a text under a name that is not a constant, so that it may need escapes.
    package mutating func text(_ value: String, named name: String) {
        separate()
        JSON.write(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        JSON.write(value, to: &bytes)
    }

    private mutating func separate() {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
    }

    /// `name` needs no escapes.
    private mutating func begin(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: name.description.utf8)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }
}
