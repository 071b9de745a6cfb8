import JSON
import POSIX

/// `forward_proxy.py`, running until the last reference is gone.
package final class ForwardProxy {
    package let port: Int
    private let child: ChildProcess
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - names: which port on 127.0.0.1 stands for a name; no other name or address leads anywhere.
    ///   - secret: `user:password`, which it then asks for.
    package init(names: [String: UInt16], secret: String? = nil) throws {
        folder = try TemporaryFolder()
        let table = JSON.object(names.map { JSON.Member($0.key, .integer(Int($0.value))) })
        child = try ChildProcess(
            try Python.interpreter(),
            ["\(FileSystem.parent(of: #filePath))/forward_proxy.py", "\(folder.path)/log", table.encodedText]
                + (secret.map { [$0] } ?? []), input: .pipe, output: .pipe)
        var line: [UInt8] = []
        while line.last != 0x0A, case .bytes(let bytes)? = try child.output?.read(upTo: 64) { line += bytes }
        guard let port = Int(String(decoding: line.dropLast(), as: UTF8.self)) else {
            throw DidNotHappen(description: "the proxy starts")
        }
        self.port = port
    }

    deinit {
        child.input = nil
        _ = try? child.wait()
    }

    /// What it was asked, a line each.
    package var log: [String] {
        let bytes = (try? FileSystem.read("\(folder.path)/log")) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
