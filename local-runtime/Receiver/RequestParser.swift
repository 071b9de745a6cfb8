import Text

/// Parses requests (RFC 9112) from the bytes of one connection, as they arrive.
struct RequestParser {
    /// The result of one call of `next`.
    enum Step {
        case request(ParsedRequest)
        /// The sender waits for `100 Continue` before it sends the body.
        case expectsContinue
        case needsMore
        case malformed
    }

    struct ParsedRequest {
        var method = ""
        var target = ""
        var headers: [(name: String, value: String)] = []
        var body: [UInt8] = []
        var keepsAlive = true
    }

    /// The most bytes of one request; a longer one is malformed.
    static let limit = 16 << 20
    /// The longest line before a chunk.
    private static let chunkLineLimit = 4096

    private var bytes: [UInt8] = []
    /// The bytes before this index have been parsed.
    private var position = 0
    /// The request whose body is still to come.
    private(set) var head: ParsedRequest?
    private var framing = Framing.length(0)
    private var hasContinued = false
    /// No head ends before this index, so that bytes that arrive singly are searched only once.
    private var searched = 0
    /// The chunks of the body that have been parsed.
    private var chunks: [UInt8] = []
    /// Whether the last chunk has been parsed and trailers follow.
    private var isBehindChunks = false

    private enum Framing {
        case length(Int)
        case chunked
    }

    mutating func append(_ more: [UInt8]) {
        if position == bytes.count {
            bytes = more
        } else {
            bytes.removeFirst(position)
            bytes.append(contentsOf: more)
        }
        searched = max(searched - position, 0)
        position = 0
    }

    mutating func next() -> Step {
        guard bytes.count - position + chunks.count <= Self.limit else { return .malformed }
        if head == nil {
            // Other protocols, such as TLS, may never send the end of a head.
            if position < bytes.count, !(0x41...0x7a).contains(bytes[position]) { return .malformed }
            guard let end = endOfHead() else { return .needsMore }
            guard let parsed = parseHead(upTo: end) else { return .malformed }
            head = parsed
            position = end
        }
        guard let head else { return .needsMore }
        switch body() {
        case .malformed: return .malformed
        case .needsMore:
            if !hasContinued, head.headers.hasHeader("expect") {
                hasContinued = true
                return .expectsContinue
            }
            return .needsMore
        case .body(let body):
            self.head = nil
            hasContinued = false
            searched = position
            var request = head
            request.body = body
            return .request(request)
        }
    }

    /// The index after the empty line; nil if it has not come.
    private mutating func endOfHead() -> Int? {
        var index = max(position, searched) + 3
        while index < bytes.count {
            switch bytes[index] {
            case 0x0a where bytes[index - 1] == 0x0d && bytes[index - 2] == 0x0a && bytes[index - 3] == 0x0d:
                return index + 1
            case 0x0a, 0x0d: index += 1
            // This byte is no part of the end, so the end is at least four bytes on.
            default: index += 4
            }
        }
        // An incomplete end begins in the last three bytes.
        searched = max(position, bytes.count - 3)
        return nil
    }

    private mutating func parseHead(upTo end: Int) -> ParsedRequest? {
        var request = ParsedRequest()
        framing = .length(0)
        var lines = bytes[position..<end - 4].split(separator: 0x0a, omittingEmptySubsequences: false).makeIterator()
        guard let first = lines.next() else { return nil }
        let words = first.dropCarriageReturn.split(separator: 0x20)
        guard words.count == 3 else { return nil }
        request.method = String(decoding: words[0], as: UTF8.self)
        request.target = String(decoding: words[1], as: UTF8.self)
        request.keepsAlive = words[2].elementsEqual("HTTP/1.1".utf8)
        while let line = lines.next() {
            guard let colon = line.firstIndex(of: 0x3a) else { return nil }
            let name = String(decoding: line[..<colon], as: UTF8.self)
            let value = String(
                decoding: line[(colon + 1)...].dropCarriageReturn.trimmed(of: \.isSpaceOrTab), as: UTF8.self)
            switch name.lowercased() {
            case "content-length":
                guard let length = Int(value), (0...Self.limit).contains(length) else { return nil }
                framing = .length(length)
            case "transfer-encoding": framing = .chunked
            case "connection": request.keepsAlive = value.lowercased() != "close"
            default: break
            }
            request.headers.append((name, value))
        }
        return request
    }

    private enum Body {
        case body([UInt8])
        case needsMore
        case malformed
    }

    private mutating func body() -> Body {
        switch framing {
        case .length(let length):
            guard bytes.count - position >= length else { return .needsMore }
            defer { position += length }
            return .body(Array(bytes[position..<position + length]))
        case .chunked: return chunkedBody()
        }
    }

    private mutating func chunkedBody() -> Body {
        while !isBehindChunks {
            guard let line = line(from: position) else {
                return bytes.count - position > Self.chunkLineLimit ? .malformed : .needsMore
            }
            let digits = line.content.prefix { $0 != 0x3b }.trimmed(of: \.isSpaceOrTab)
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), (0...Self.limit).contains(size)
            else { return .malformed }
            if size == 0 {
                position = line.next
                isBehindChunks = true
                break
            }
            guard bytes.count >= line.next + size + 2 else { return .needsMore }
            chunks.append(contentsOf: bytes[line.next..<line.next + size])
            position = line.next + size + 2
        }
        // The trailers end with an empty line.
        while let line = line(from: position) {
            position = line.next
            guard line.content.isEmpty else { continue }
            defer {
                chunks = []
                isBehindChunks = false
            }
            return .body(chunks)
        }
        return .needsMore
    }

    private func line(from start: Int) -> (content: ArraySlice<UInt8>, next: Int)? {
        guard start < bytes.count, let end = bytes[start...].firstIndex(of: 0x0a) else { return nil }
        return (bytes[start..<end].dropCarriageReturn, end + 1)
    }
}

extension ArraySlice<UInt8> {
    fileprivate var dropCarriageReturn: ArraySlice<UInt8> { last == 0x0d ? dropLast() : self }
}
