/// Status and headers of a response, gathered line by line as they arrive.
struct ResponseHead {
    /// Of the last status line seen; 0 before.
    private(set) var status = 0
    private(set) var headers: [(name: String, value: String)] = []
    private var byteCount = 0
    private var isComplete = false

    /// Takes one line with its line end: a status line, a header, the empty line, or a trailer behind the body.
    /// - Parameter limit: bytes of all lines together.
    /// - Returns: why the response cannot be used; nil if it can.
    mutating func take(_ line: [UInt8], limit: Int) -> String? {
        byteCount += line.count
        guard byteCount <= limit else { return "the headers are longer than \(limit) bytes" }
        // Trailers count against the limit, and are not kept.
        if isComplete && status >= 200 { return nil }
        let content = line.prefix { $0 != 0x0a && $0 != 0x0d }
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
        headers.append((name, value))
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
