import Domain
import Egress
import EmbeddedPostgres
import FunctionRuntime
import Gateway
import Poller
import System

/// Checks the functions, and the resources of this machine that sending needs.
enum ProgramCheck {
    static func findings(_ installation: Installation) -> [Finding] {
        [functions(installation), gateway(), sending(installation)]
            + [openFiles(installation), disk(installation)].compactMap(\.self) + [nameServers()]
    }

    private static func functions(_ installation: Installation) -> Finding {
        let missing = FunctionNames.all.filter { !Executable.isExecutable("\(installation.functions)/\($0)") }
        if !missing.isEmpty {
            return .wrong(
                "functions",
                "not in \(installation.functions): \(missing.joined(separator: ", ")); build them (swift build), or set POSTBACKS_FUNCTIONS"
            )
        }
        let others = FunctionNames.all.filter { !isOfThisVersion($0, in: installation.functions) }
        if !others.isEmpty {
            return .wrong(
                "functions",
                "of another version than \(Version.current), or built for another system: \(others.joined(separator: ", ")) in \(installation.functions)"
            )
        }
        return .good("functions", "all \(FunctionNames.all.count) in \(installation.functions)")
    }

    /// Checks the gateway, which is an optional part of the build.
    private static func gateway() -> Finding {
        GatewayProcess.find() == nil
            ? .notable(
                "gateway", "there is no postbacks-gateway of this version, so that nothing is served over HTTP",
                run: "./local-runtime/build --gateway")
            : .good("gateway", "the program is there and has this version")
    }

    private static func isOfThisVersion(_ name: String, in folder: String) -> Bool {
        let outcome = try? ChildProcess.run("\(folder)/\(name)", ["--version"], timeout: .seconds(10))
        return outcome?.status == .exited(0) && outcome?.text == "\(name) \(Version.current)\n"
    }

    /// Checks that deliverPostback runs, here or on a platform, and has its settings there.
    private static func sending(_ installation: Installation) -> Finding {
        do throws(FunctionError) {
            if try installation.isRemote { return DeliveryCheck.run(try installation.remoteProgram()) }
            let program = try installation.function("deliverPostback")
            let environment = try installation.environment(of: "deliverPostback", connectionString: nil)
            return DeliveryCheck.run(program, environment: environment)
        } catch {
            return .wrong("sending", error.message)
        }
    }

    private static func openFiles(_ installation: Installation) -> Finding? {
        // A wrong setting is reported with the settings.
        guard let wanted = try? installation.settings(.concurrency) else { return nil }
        let possible = PollerSettings.requests(openFiles: OpenFiles.limit)
        if possible >= wanted {
            return .good("open files", "\(OpenFiles.limit), enough for \(wanted) requests in flight")
        }
        return .notable(
            "open files",
            "\(OpenFiles.limit) allow \(possible) requests in flight, not \(wanted); raise the limit (ulimit -n)")
    }

    private static func nameServers() -> Finding {
        NameServers.areReachable()
            ? .good("name servers", "one answers")
            : .wrong("name servers", "no name server of /etc/resolv.conf answers, so no name can be looked up")
    }

    /// With fewer free bytes PostgreSQL may stop at any time: a single WAL segment has 16 MiB.
    private static let tooLittle = 64 << 20
    private static let little = 1 << 30

    /// The free space for the embedded server's cluster.
    private static func disk(_ installation: Installation) -> Finding? {
        guard installation.isEmbedded, let folder = EmbeddedServer.cluster(home: installation.home),
            let space = FileSystem.space(at: folder)
        else { return nil }
        let text = "\(megabytes(space.free)) MB are free of \(megabytes(space.size)) MB at \(folder)"
        if space.free < tooLittle { return .wrong("disk", "\(text): too little for the database; free some space") }
        return space.free < little ? .notable("disk", "\(text): this will soon be too little") : .good("disk", text)
    }

    private static func megabytes(_ bytes: Int) -> Int { bytes / 1_000_000 }
}
