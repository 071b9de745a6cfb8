package import Adapters
import Text

/// Reads requests (RFC 9112) from the bytes of one connection, as they arrive. It refuses bytes that proxies and
/// servers could understand in two ways, since a second request could be hidden in them.
package struct RequestReader: Sendable {
    /// The result of one call of `next`.
    package enum Step {
        case needsMore
        /// The sender waits for `100 Continue` before it sends the body.
        case expectsContinue
        case request(HTTPCall, keepsAlive: Bool)
        /// The request is refused, and so nothing after it can be read.
        case refused(status: Int, message: String)
    }

    private struct Head {
        var method = ""
        var headers: [(name: String, value: String)] = []
        var framing = Framing.length(0)
        var keepsAlive = true
        var expectsContinue = false
    }

    private enum Framing {
        case length(Int)
        case chunked
    }

    /// A request that is refused.
    private struct Refused: Error {
        let status: Int
        let message: String
    }

    private let limits: ServerLimits
    private var bytes: [UInt8] = []
    /// The bytes before this index have been read.
    private var position = 0
    /// The bytes before this index contain no end of a line, so that each byte is searched only once.
    private var searched = 0
    /// The request whose body is still to come.
    private var head: Head?
    /// The part of a chunked body that has arrived.
    private var chunks: [UInt8] = []
    /// Whether the last chunk was read, and trailers follow.
    private var isBehindChunks = false
    private var trailerBytes = 0

    /// The longest line before a chunk in bytes.
    private static let chunkLineLimit = 256

    package init(_ limits: ServerLimits) { self.limits = limits }

    /// Whether a head is complete, and its body is not.
    package var hasHead: Bool { head != nil }

    /// Whether nothing of a request has arrived.
    package var isEmpty: Bool { head == nil && position == bytes.count }

    package var heldBytes: Int { bytes.count + chunks.count }

    package mutating func append(_ more: [UInt8]) {
        if position == bytes.count {
            bytes = more
        } else {
            bytes.removeFirst(position)
            bytes += more
        }
        searched = max(searched - position, 0)
        position = 0
    }

    package mutating func next() -> Step {
        do throws(Refused) {
            if head == nil {
                guard let complete = try readHead() else { return .needsMore }
                head = complete
            }
            guard let body = try readBody() else {
                guard head?.expectsContinue == true else { return .needsMore }
                head?.expectsContinue = false
                return .expectsContinue
            }
            guard let complete = head else { return .needsMore }
            head = nil
            if position == bytes.count { (bytes, position) = ([], 0) }
            searched = position
            return .request(
                HTTPCall(method: complete.method, headers: complete.headers, body: body),
                keepsAlive: complete.keepsAlive)
        } catch {
            return .refused(status: error.status, message: error.message)
        }
    }
}

/// Heads.
extension RequestReader {
    private mutating func readHead() throws(Refused) -> Head? {
        // RFC 9112 §2.2: an empty line before a request is skipped.
        while position + 1 < bytes.count, bytes[position] == 0x0D, bytes[position + 1] == 0x0A { position += 2 }
        if position < bytes.count, !bytes[position].isOfToken, bytes[position] != 0x0D { throw notHTTP }
        guard let end = endOfHead() else {
            guard bytes.count - position <= limits.head else { throw headTooLarge }
            return nil
        }
        guard end - position <= limits.head else { throw headTooLarge }
        let head = try parse(bytes[position..<end - 4])
        position = end
        return head
    }

    /// The index behind the empty line; nil if it has not come.
    private mutating func endOfHead() -> Int? {
        var index = max(position, searched)
        while index + 3 < bytes.count {
            if bytes[index] == 0x0D, bytes[index + 1] == 0x0A, bytes[index + 2] == 0x0D, bytes[index + 3] == 0x0A {
                return index + 4
            }
            index += 1
        }
        searched = index
        return nil
    }

    private func parse(_ text: ArraySlice<UInt8>) throws(Refused) -> Head {
        var lines = RequestReader.lines(of: text)[...]
        guard let first = lines.popFirst() else { throw notHTTP }
        guard lines.count <= limits.fields else { throw headTooLarge }
        let words = first.split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(\.isOfToken),
            words[1].allSatisfy({ $0 > 0x20 && $0 != 0x7F }), !words[1].isEmpty
        else { throw notHTTP }
        var head = Head()
        head.method = String(decoding: words[0], as: UTF8.self)
        let isOld = words[2].elementsEqual("HTTP/1.0".utf8)
        guard isOld || words[2].elementsEqual("HTTP/1.1".utf8) else {
            guard words[2].starts(with: "HTTP/".utf8) else { throw notHTTP }
            throw Refused(status: 505, message: "the version of HTTP must be 1.1 or 1.0")
        }
        for line in lines { head.headers.append(try RequestReader.field(line)) }
        let hosts = head.headers.values(ofHeader: "host").count
        guard hosts == 1 || (isOld && hosts == 0) else { throw invalid("a request has one field Host") }
        try frame(&head, isOld: isOld)
        return head
    }

    private func frame(_ head: inout Head, isOld: Bool) throws(Refused) {
        let options = head.headers.values(ofHeader: "connection").flatMap { $0.lowercased().split(separator: ",") }
            .map { String($0).withoutSpacesAtEnds }
        // After a change of the protocol the next bytes would not be a request.
        let isLast = options.contains("close") || head.headers.hasHeader("upgrade") || head.method == "CONNECT"
        head.keepsAlive = !isLast && (!isOld || options.contains("keep-alive"))
        let codings = head.headers.values(ofHeader: "transfer-encoding")
        let lengths = head.headers.values(ofHeader: "content-length")
        if !codings.isEmpty {
            guard lengths.isEmpty, !isOld else {
                throw invalid("Transfer-Encoding stands in HTTP/1.1 only, and not beside Content-Length")
            }
            guard codings.count == 1, codings[0].lowercased() == "chunked" else {
                throw Refused(status: 501, message: "the only Transfer-Encoding that is taken is chunked")
            }
            head.framing = .chunked
        } else if let text = lengths.first {
            guard lengths.count == 1, !text.isEmpty, text.utf8.allSatisfy(\.isDigit) else {
                throw invalid("Content-Length must be one number")
            }
            guard let length = Int(text), length <= limits.body else { throw bodyTooLarge }
            head.framing = .length(length)
        }
        guard let expectation = head.headers.value(ofHeader: "expect") else { return }
        guard expectation.lowercased() == "100-continue" else {
            throw Refused(status: 417, message: "the only expectation is 100-continue")
        }
        head.expectsContinue = !isOld
    }

    /// The lines of a head, whose ends are CR LF.
    private static func lines(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = text.startIndex
        var index = start
        while index + 1 < text.endIndex {
            if text[index] == 0x0D, text[index + 1] == 0x0A {
                lines.append(text[start..<index])
                index += 2
                start = index
            } else {
                index += 1
            }
        }
        return lines + [text[start...]]
    }

    private static func field(_ line: ArraySlice<UInt8>) throws(Refused) -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(\.isOfToken)
        else { throw Refused(status: 400, message: "a line of the head is no field") }
        let value = line[(colon + 1)...].trimmed(of: \.isSpaceOrTab)
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw Refused(status: 400, message: "the value of a field has a control character")
        }
        return (String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
    }

    private var notHTTP: Refused { invalid("the request is not HTTP/1.1") }
    private func invalid(_ message: String) -> Refused { Refused(status: 400, message: message) }
    private var headTooLarge: Refused {
        Refused(
            status: 431,
            message: "the head of the request has more than \(limits.head) bytes or \(limits.fields) fields")
    }
    private var bodyTooLarge: Refused {
        Refused(status: 413, message: "the body has more than \(limits.body) bytes")
    }
}

/// Bodies.
extension RequestReader {
    private mutating func readBody() throws(Refused) -> [UInt8]? {
        switch head?.framing {
        case nil: return nil
        case .length(let length):
            guard bytes.count - position >= length else { return nil }
            defer { position += length }
            return Array(bytes[position..<position + length])
        case .chunked: return try readChunks()
        }
    }

    private mutating func readChunks() throws(Refused) -> [UInt8]? {
        while !isBehindChunks {
            guard let line = try line(limit: RequestReader.chunkLineLimit) else { return nil }
            let digits = bytes[position..<line.end].prefix { $0 != UInt8(ascii: ";") }.trimmed(of: \.isSpaceOrTab)
            guard !digits.isEmpty, digits.count <= 8, digits.allSatisfy(\.isHexDigit),
                let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw invalid("a chunk must begin with its size in hexadecimal digits") }
            guard chunks.count + size <= limits.body else { throw bodyTooLarge }
            if size == 0 {
                position = line.next
                isBehindChunks = true
                break
            }
            guard bytes.count >= line.next + size + 2 else { return nil }
            guard bytes[line.next + size] == 0x0D, bytes[line.next + size + 1] == 0x0A else {
                throw invalid("a chunk must end behind as many bytes as it says")
            }
            chunks += bytes[line.next..<line.next + size]
            position = line.next + size + 2
        }
        while let line = try line(limit: limits.head - trailerBytes) {
            let isEnd = line.end == position
            trailerBytes += line.next - position
            position = line.next
            guard isEnd else { continue }
            let body = chunks
            chunks = []
            isBehindChunks = false
            trailerBytes = 0
            return body
        }
        return nil
    }

    /// The end of the line that begins at `position`, and the beginning of the next one; nil if it is not complete.
    private func line(limit: Int) throws(Refused) -> (end: Int, next: Int)? {
        guard let feed = bytes[position...].prefix(max(limit, 0)).firstIndex(of: 0x0A) else {
            guard bytes.count - position < limit else { throw invalid("a line of the body is too long") }
            return nil
        }
        guard feed > position, bytes[feed - 1] == 0x0D else { throw invalid("a line of the body must end with CR LF") }
        return (feed - 1, feed + 1)
    }
}
