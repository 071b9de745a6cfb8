/// A reader of strangers' bytes, and what must hold of it for any bytes at all.
enum FuzzTarget: String, CaseIterable {
    /// The JSON parser, and the writer of what it read.
    case json
    /// The door for input: whole inputs and the lines of the warm mode.
    case gate
    /// An event and a conversion in the form of the outbox, read in one pass and by the general reader.
    case snapshot
    /// Texts with macros, and what they become.
    case template
    /// A postback's settings, and the request that they make.
    case request
    /// The URL of a postback, beside libcurl's own reader of URLs.
    case url
    /// The lines of the delivery process, as the poller takes them.
    case answer
    /// A caller's body in the line of a warm function, and the answer in the line that comes back.
    case envelope
    /// A receiver's answer, up to the line that reaches the database.
    case response

    /// - Throws: `Violation`, if a property does not hold.
    func check(_ bytes: [UInt8]) throws(Violation) {
        switch self {
        case .json: try checkJSON(bytes)
        case .gate: try checkGate(bytes)
        case .snapshot: try checkSnapshot(bytes)
        case .template: try checkTemplate(bytes)
        case .request: try checkRequest(bytes)
        case .url: try checkURL(bytes)
        case .answer: try checkAnswer(bytes)
        case .envelope: try checkEnvelope(bytes)
        case .response: try checkResponse(bytes)
        }
    }
}

/// A property that does not hold.
struct Violation: Error, CustomStringConvertible {
    let description: String
}

/// `property` is what must be true, as a sentence.
func require(_ condition: Bool, _ property: @autoclosure () -> String) throws(Violation) {
    if !condition { throw Violation(description: "does not hold: \(property())") }
}

extension String {
    /// Whether it is written in the same bytes; Swift's own comparison takes canonically equivalent texts for one.
    func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    var hasControlCharacter: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }
}
