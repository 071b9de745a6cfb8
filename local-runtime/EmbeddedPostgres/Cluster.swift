import System

/// The files of one PostgreSQL server.
struct Cluster {
    let path: String
    let programs: ServerPrograms
    let account: ServerAccount

    /// Makes the cluster with `initdb`, completely or not at all. Everyone who can reach the socket is trusted. `syncs`
    /// says whether the files are synced to disk before this returns.
    func make(syncs: Bool) throws(EmbeddedServerError) {
        let unfinished = "\(path).new"
        var failure = ""
        // C.UTF-8 if the machine has it, else C; they differ in upper and lower case.
        for locale in ["C.UTF-8", "C"] {
            try system { () throws(SystemError) in try FileSystem.removeTree(unfinished) }
            try account.makePrivateFolder(unfinished)
            let options = [
                "--pgdata=\(unfinished)", "--username=postbacks", "--auth=trust", "--encoding=UTF8",
                "--locale=\(locale)", "--data-checksums",
            ]
            let (program, arguments) = account.command(programs.initdb, options + (syncs ? [] : ["--no-sync"]))
            let outcome = try system { () throws(SystemError) in
                try ChildProcess.run(program, arguments, environment: EmbeddedServer.environment, directory: "/")
            }
            if outcome.status == .exited(0) {
                return try system { () throws(SystemError) in
                    try FileSystem.rename(unfinished, to: path)
                }
            }
            failure = outcome.errorText + outcome.text.suffix(2000)
        }
        throw .initializationFailed(failure)
    }
}
