import Foundation
import System
import TestSupport

/// `receive.py`, running until the last reference is gone.
final class PythonReceiver {
    /// One request as Python has read it.
    struct Received: Decodable {
        let delivery: String
        /// Why Python could not read it.
        let unreadable: String?
        let method: String?
        /// Path and query, percent-decoded as a whole.
        let target: String?
        let path: [String]?
        let query: [[String]]?
        let headers: [[String]]?
        let form: [[String]]?
        let json: [Leaf]?
    }

    /// A value of a JSON document and the steps to it.
    struct Leaf: Decodable {
        let path: [String]
        let kind: String
        let text: String

        init(_ path: [String], _ kind: String, _ text: String) {
            self.path = path
            self.kind = kind
            self.text = text
        }

        init(from decoder: any Decoder) throws {
            var parts = try decoder.unkeyedContainer()
            path = try parts.decode([String].self)
            kind = try parts.decode(String.self)
            text = try parts.decode(String.self)
        }

        var exact: String { "\(path.map(\.exact).joined(separator: " > ")) \(kind) \(text.exact)" }
    }

    let url: String
    private let child: ChildProcess
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "receive.py").path
        child = try ChildProcess(
            try Python.interpreter(), [script, "\(folder.path)/requests"], input: .pipe, output: .pipe)
        var line: [UInt8] = []
        while line.last != 0x0A, case .bytes(let bytes)? = try child.output?.read(upTo: 64) { line += bytes }
        url = "http://127.0.0.1:\(String(decoding: line.dropLast(), as: UTF8.self))"
    }

    deinit {
        child.input = nil
        _ = try? child.wait()
    }

    /// All requests that were answered so far. Read by Foundation: neither end of the comparison is the product's own.
    func requests() throws -> [Received] {
        let bytes = try FileSystem.read("\(folder.path)/requests", limit: 1 << 30)
        return try bytes.split(separator: 0x0A).map { try JSONDecoder().decode(Received.self, from: Data($0)) }
    }
}
