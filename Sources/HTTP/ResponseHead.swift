/// Status and headers of a response, gathered line by line as they arrive.
struct ResponseHead {
    /// Of the last status line seen; 0 before.
    private(set) var status = 0
    private(set) var headers: [(name: String, value: String)] = []
    /// Whether the empty line behind the headers has come.
    private(set) var isComplete = false
    /// Whether it is the whole head of a final answer. What comes after it is the body's affair.
    var isFinal: Bool { isComplete && status >= 200 }
    private var byteCount = 0
    private var length: Int?

    /// Takes one line with its line end: a status line, a header, the empty line, or a trailer behind the body.
    /// - Returns: why the response cannot be used; nil if it can.
    mutating func take(_ line: [UInt8], limits: HTTPLimits) -> String? {
        byteCount += line.count
        guard byteCount <= limits.headerBytes else {
            return "the headers are longer than \(limits.headerBytes) bytes"
        }
        guard headers.count <= limits.headerCount else { return "there are more than \(limits.headerCount) headers" }
        // Trailers count against the limit, and are not kept.
        if isFinal { return nil }
        let content = line.withoutLineEnd
        if content.isEmpty {
            isComplete = true
            return nil
        }
        if status == 0 || isComplete {
            return takeStatusLine(content)
        }
        return takeHeader(content)
    }

    private mutating func takeStatusLine(_ line: ArraySlice<UInt8>) -> String? {
        // HTTP/1.1 200 OK. curl also takes the version line of HTTP/2, which does not exist.
        guard line.starts(with: "HTTP/1.".utf8) else { return "the answer is not HTTP/1.1" }
        let digits = line.drop { $0 != 0x20 }.dropFirst().prefix { $0 != 0x20 }
        guard digits.count == 3, let number = Int(String(decoding: digits, as: UTF8.self)), (100...599).contains(number)
        else {
            return "the status \"\(String(showing: digits.prefix(16)))\" is not one of HTTP"
        }
        status = number
        headers = []
        length = nil
        isComplete = false
        return nil
    }

    private mutating func takeHeader(_ line: ArraySlice<UInt8>) -> String? {
        if let first = line.first, first == 0x20 || first == 0x09 {
            // A folded line continues the header before it (RFC 9112 §5.2).
            if let last = headers.indices.last { headers[last].value += " " + Self.text(line) }
            return nil
        }
        let name = Self.text(line.prefix { $0 != 0x3a })
        let value = Self.text(line.drop { $0 != 0x3a }.dropFirst())
        guard name.lowercased() != "transfer-encoding" || value.lowercased() == "chunked" else {
            return "the transfer encoding \"\(String(showing: value.utf8.prefix(64)))\" was not asked for"
        }
        if name.lowercased() == "content-length", let fault = takeLength(value) { return fault }
        headers.append((name, value))
        return nil
    }

    /// What contradicts itself or is no number says nothing of where the body ends (RFC 9112 §6.3): curl would take the last one,
    /// or a part of it.
    private mutating func takeLength(_ value: String) -> String? {
        for part in value.split(separator: ",", omittingEmptySubsequences: false) {
            let digits = part.drop { $0 == " " }.prefix { $0 != " " }
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
                part.drop(while: { $0 == " " }).dropFirst(digits.count).allSatisfy({ $0 == " " })
            else { return "the content length is no number of bytes" }
            guard length == nil || length == number else { return "the answer has two content lengths" }
            length = number
        }
        return nil
    }

    /// The bytes without the white space around them, as text that is safe to show and to store.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let start = bytes.drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start.startIndex
        return String(showing: start[..<end], keepingTabs: true)
    }
}

extension [UInt8] {
    /// Without the line feed at its end, and a carriage return before that.
    fileprivate var withoutLineEnd: ArraySlice<UInt8> {
        let line = last == 0x0a ? dropLast() : self[...]
        return line.last == 0x0d ? line.dropLast() : line
    }
}

extension String {
    /// Bytes of a stranger as text: what is not UTF-8, and control characters, become U+FFFD.
    init(showing bytes: some Collection<UInt8>, keepingTabs: Bool = false) {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) {
            self = text
            return
        }
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            let isShown = scalar.properties.generalCategory != .control || keepingTabs && scalar == "\t"
            return isShown ? scalar : "\u{fffd}"
        }
        self = String(String.UnicodeScalarView(scalars))
    }
}
