import Text

/// The status and headers of a response, collected line by line as they arrive.
struct ResponseHead {
    /// The status of the last status line; 0 before the first.
    private(set) var status = 0
    private(set) var headers: [(name: String, value: String)] = []
    /// Whether the empty line after the headers has arrived.
    private(set) var isComplete = false
    /// Whether the whole head of a final response has arrived.
    var isFinal: Bool { isComplete && status >= 200 }
    private var byteCount = 0
    private var length: Int?

    /// Takes one line with its line end: a status line, a header, the empty line, or a trailer after the body.
    /// - Returns: the reason why the response is invalid; nil if it is valid so far.
    mutating func add(_ line: [UInt8], limits: HTTPLimits) -> String? {
        byteCount += line.count
        guard byteCount <= limits.headerBytes else {
            return "the headers are longer than \(limits.headerBytes) bytes"
        }
        guard headers.count <= limits.headerCount else { return "there are more than \(limits.headerCount) headers" }
        // Trailers count towards the limit, but are not kept.
        if isFinal { return nil }
        let content = line.withoutLineEnd
        if content.isEmpty {
            isComplete = true
            return nil
        }
        if status == 0 || isComplete {
            return readStatusLine(content)
        }
        return readHeader(content)
    }

    private mutating func readStatusLine(_ line: ArraySlice<UInt8>) -> String? {
        // For example `HTTP/1.1 200 OK`. curl also accepts a line with HTTP/2, which has no status lines.
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

    private mutating func readHeader(_ line: ArraySlice<UInt8>) -> String? {
        if let first = line.first, first == 0x20 || first == 0x09 {
            // A folded line continues the header before it (RFC 9112 §5.2).
            if let last = headers.indices.last { headers[last].value += " " + Self.text(line) }
            return nil
        }
        let name = Self.text(line.prefix { $0 != 0x3a })
        let value = Self.text(line.drop { $0 != 0x3a }.dropFirst())
        guard !name.isSameHeaderName(as: "transfer-encoding") || value.lowercased() == "chunked" else {
            return "the transfer encoding \"\(String(showing: value.utf8.prefix(64)))\" was not requested"
        }
        if name.isSameHeaderName(as: "content-length"), let fault = readLength(value) { return fault }
        headers.append((name, value))
        return nil
    }

    /// Refuses contradictory or non-numeric lengths, which do not say where the body ends (RFC 9112 §6.3). curl would
    /// take the last one, or a part of it.
    private mutating func readLength(_ value: String) -> String? {
        for part in value.split(separator: ",", omittingEmptySubsequences: false) {
            let digits = part.drop { $0 == " " }.prefix { $0 != " " }
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
                part.drop(while: { $0 == " " }).dropFirst(digits.count).allSatisfy({ $0 == " " })
            else { return "the content length is not a number of bytes" }
            guard length == nil || length == number else { return "the answer has two content lengths" }
            length = number
        }
        return nil
    }

    /// The bytes without surrounding white space, as text that is safe to display and to store.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let start = bytes.drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start.startIndex
        return String(showing: start[..<end], keepingTabs: true)
    }
}

extension [UInt8] {
    /// The line without its final line feed and the carriage return before that.
    fileprivate var withoutLineEnd: ArraySlice<UInt8> {
        let line = last == 0x0a ? dropLast() : self[...]
        return line.last == 0x0d ? line.dropLast() : line
    }
}

extension String {
    /// Decodes untrusted bytes: invalid UTF-8 and control characters become U+FFFD.
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
