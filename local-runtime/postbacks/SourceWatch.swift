import FunctionRuntime
import Gateway
import Glibc
import Logging
import System

/// The script `local-runtime/rebuild`, which runs beside `postbacks up --watch`: it builds the functions whose sources
/// change, and puts them into a folder of their own. Whoever runs a function from there notices that its file is another
/// one.
final class SourceWatch {
    /// The folder of the functions that were built last. None of them is ever missing or incomplete there.
    let functions: String
    private let child: ChildProcess
    private var isReported = false

    private static let endTime: Duration = .seconds(5)

    /// Starts the script and waits until the functions are in their folder.
    /// - Throws: `misconfigured` outside of a checkout, without Swift, or if functions were never built.
    init(_ signals: SignalDescriptor) throws {
        guard ProcessEnvironment["POSTBACKS_FUNCTIONS"] == nil else {
            throw FunctionError(
                .misconfigured, "--watch runs the functions that it builds; unset POSTBACKS_FUNCTIONS for it")
        }
        let program = FileSystem.resolve(ProcessArguments.program ?? "") ?? ""
        guard let checkout = Checkout(ofBuild: program), Executable.isExecutable(checkout.rebuild) else {
            throw FunctionError(
                .misconfigured,
                "--watch builds functions from their sources, and no checkout of the project has built \(program); in a checkout run: ./local-runtime/up --watch"
            )
        }
        guard Executable.find("swift") != nil else {
            throw FunctionError(
                .misconfigured, "--watch builds functions, and there is no swift in PATH; it needs Swift 6.3")
        }
        child = try ChildProcess(
            checkout.rebuild, [checkout.products], input: .pipe, output: .pipe, ownGroup: true)
        guard let folder = try SourceWatch.readFolder(from: child, signals) else {
            SourceWatch.end(child)
            throw FunctionError(.misconfigured, "\(checkout.rebuild) did not begin; see above")
        }
        functions = folder
    }

    /// The folder that the script names in its first line; nil if it ends before that, or a signal comes.
    private static func readFolder(from child: ChildProcess, _ signals: SignalDescriptor) throws -> String? {
        var bytes: [UInt8] = []
        while let output = child.output {
            let ready = try wait(for: [.read(output), .read(signals.descriptor)], atMost: nil)
            if ready[1] { return nil }
            guard case .bytes(let more) = try output.read(upTo: 4096) else { return nil }
            bytes += more
            if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                return String(decoding: bytes[..<end], as: UTF8.self)
            }
        }
        return nil
    }

    /// Says so, once, if the script has ended.
    func advance(_ logger: Logger) {
        guard !isReported, let status = try? child.poll() else { return }
        isReported = true
        logger.error("changes of sources are not built any more", metadata: ["status": "\(status)"])
    }

    /// Ends the script and its compilers.
    func end() { SourceWatch.end(child) }

    private static func end(_ child: ChildProcess) {
        child.terminate(SIGTERM, group: true)
        let deadline = Instant.now + endTime
        while (try? child.poll()) == .some(nil), deadline.remaining > .zero {
            _ = try? wait(for: [], atMost: .milliseconds(10))
        }
        child.terminate(SIGKILL, group: true)
        _ = try? child.wait()
    }
}

/// The checkout of this project in which SwiftPM has built a program: PACKAGE/.build/TRIPLE/release/postbacks.
struct Checkout {
    let root: String
    let triple: String
    /// `debug` or `release`.
    let configuration: String
    /// The folder of the programs that were built.
    let products: String

    /// `program` is a path without links. Nil if it is not where SwiftPM puts programs.
    init?(ofBuild program: String) {
        products = FileSystem.parent(of: program)
        let parts = products.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 3, parts[parts.count - 3].hasPrefix(".build") else { return nil }
        root = parts.dropLast(3).joined(separator: "/")
        triple = parts[parts.count - 2]
        configuration = parts[parts.count - 1]
    }

    var rebuild: String { "\(root)/local-runtime/rebuild" }
}
