import JSON
import System

/// Runs `forward_proxy.py` until the last reference is released.
package final class ForwardProxy {
    package let port: Int
    private let child: ChildProcess
    private let folder: TemporaryFolder

    /// `names` gives the port on 127.0.0.1 for each name; all other names and addresses are unreachable. `secret` is
    /// the `user:password` that the proxy requires; nil for none.
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

    /// The requests to the proxy, one line for each.
    package var log: [String] {
        let bytes = (try? FileSystem.read("\(folder.path)/log")) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
