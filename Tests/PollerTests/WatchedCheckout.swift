import Glibc
import System
import TestSupport

/// A checkout with the real scripts and the real `postbacks`, and `postbacks up --watch` in it. Its only function is
/// deliverPostback. A script stands in the place of the compiler: what it builds notes the text of the source and becomes
/// the real deliverPostback.
final class WatchedCheckout {
    private let folder: TemporaryFolder
    private var process: ChildProcess?

    var root: String { "\(folder.path)/checkout" }
    private var products: String { "\(root)/.build/triple/debug" }
    private var logPath: String { "\(folder.path)/log" }
    private var source: String { "\(root)/functions/deliverPostback/Source.swift" }

    /// Makes the checkout with one version built.
    init() throws {
        folder = try TemporaryFolder()
        for path in ["functions/deliverPostback", "Sources", "local-runtime", ".build/triple/debug"] {
            try FileSystem.makeFolder("\(root)/\(path)")
        }
        for script in ["rebuild", "watch.sh", "prepare.sh"] {
            try FileSystem.write(
                try Repository.text("local-runtime/\(script)"), to: "\(root)/local-runtime/\(script)", mode: 0o755)
        }
        try FileSystem.write("", to: "\(root)/Package.swift")
        try FileSystem.makeFolder("\(folder.path)/bin")
        try FileSystem.write(compiler, to: "\(folder.path)/bin/swift", mode: 0o755)
        let copied = try ChildProcess.run(
            "/bin/sh",
            [
                "-c", "ln \"$0\" \"$1\" 2>/dev/null || cp \"$0\" \"$1\"", Programs.path("postbacks"),
                "\(products)/postbacks",
            ])
        guard copied.status == .exited(0) else { throw DidNotHappen(description: "a copy: \(copied.errorText)") }
        try write("1")
        let built = try ChildProcess.run(
            "\(folder.path)/bin/swift", ["build", "--package-path", root, "--scratch-path", "\(root)/.build"])
        guard built.status == .exited(0) else { throw DidNotHappen(description: "a build: \(built.errorText)") }
    }

    deinit { end(by: SIGKILL) }

    private var compiler: String {
        """
        #!/bin/sh
        # Stands for `swift build`.
        while [ $# -gt 0 ]; do
            case $1 in
            --package-path) root=$2 ;;
            --scratch-path) scratch=$2 ;;
            esac
            shift
        done
        text=$(cat "$root/functions/deliverPostback/Source.swift")
        product=$scratch/triple/debug/deliverPostback
        [ "$text" != "$(cat "$product.source" 2>/dev/null)" ] || exit 0
        case $text in
        *broken*) echo "Source.swift:1:1: error: cannot find 'broken' in scope"; exit 1 ;;
        *unstartable*) echo "no program" >"$product.new" ;;
        *) printf '#!/bin/sh\necho "%s" >>%s/started\nexec %s "$@"\n' "$text" "$root" \
            '\(Programs.path("deliverPostback"))' >"$product.new" ;;
        esac
        chmod 755 "$product.new"
        mv "$product.new" "$product"
        echo "$text" >"$product.source"

        """
    }

    /// Starts `postbacks up --watch`. It ends with this object.
    func start(_ environment: [String: String]) throws {
        let log = try Descriptor.open(logPath, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        process = try ChildProcess(
            "\(products)/postbacks", ["up", "--watch", "--no-gateway"], environment: self.environment(environment),
            output: .descriptor(log), errorOutput: .descriptor(log))
        try waitUntil("it runs", timeoutSeconds: 120) { try self.log.contains("poller started") }
    }

    /// The variables of a `postbacks up --watch`.
    func environment(_ variables: [String: String]) -> [String: String] {
        let path = "\(folder.path)/bin:\(ProcessEnvironment["PATH"] ?? "/usr/bin:/bin")"
        return Programs.environment(["POSTBACKS_HOME": "\(folder.path)/home", "PATH": path].merging(variables) { $1 })
    }

    /// Runs `postbacks up --watch`, which is expected to refuse that.
    func refusal(_ variables: [String: String], program: String? = nil) throws -> ChildProcess.Outcome {
        try ChildProcess.run(
            program ?? "\(products)/postbacks", ["up", "--watch"], environment: environment(variables),
            timeout: .seconds(60))
    }

    /// Changes the source of deliverPostback.
    func write(_ text: String) throws { try FileSystem.write(text, to: source) }

    /// The versions of deliverPostback that were started, in their order.
    var started: [String] {
        get throws {
            guard FileSystem.kind(of: "\(root)/started") != nil else { return [] }
            return String(decoding: try FileSystem.read("\(root)/started"), as: UTF8.self).split(separator: "\n")
                .map(String.init)
        }
    }

    var log: String {
        get throws { String(decoding: try FileSystem.read(logPath, limit: 1 << 26), as: UTF8.self) }
    }

    /// Whether a process of the checkout runs.
    var isAlive: Bool {
        FileSystem.names(in: "/proc").compactMap { CInt($0) }.contains { process in
            guard let bytes = try? FileSystem.read("/proc/\(process)/cmdline", limit: 1 << 20) else { return false }
            return String(decoding: bytes, as: UTF8.self).contains(root)
        }
    }

    @discardableResult
    func end(by signal: CInt = SIGTERM) -> ChildProcess.ExitStatus? {
        process?.terminate(signal)
        return try? process?.wait()
    }
}
