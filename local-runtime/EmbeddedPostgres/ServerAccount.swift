import System

/// The user that runs the server: the user of this program, or if that is root, as which PostgreSQL refuses to run, the
/// user `postgres` or else `nobody`.
struct ServerAccount {
    let user: User
    /// The path of `setpriv` (util-linux), which is needed to change the user.
    private let setpriv: String?
    private let changesUser: Bool

    init() throws(EmbeddedServerError) {
        setpriv = Executable.find("setpriv", searchPath: "/usr/local/bin:/usr/bin:/bin")
        changesUser = User.isRoot
        guard changesUser else {
            user = .current
            return
        }
        guard let user = User.named("postgres") ?? User.named("nobody") else {
            throw .noUnprivilegedUser("there is neither a user postgres nor nobody")
        }
        guard setpriv != nil else { throw .noUnprivilegedUser("setpriv (package util-linux) is not installed") }
        self.user = user
    }

    /// The command line that starts the program as this user. `diesWithParent` says whether the program is sent SIGINT
    /// when the thread that started it ends.
    func command(_ program: String, _ arguments: [String], diesWithParent: Bool = false) -> (String, [String]) {
        var options: [String] = []
        if changesUser { options += ["--reuid=\(user.id)", "--regid=\(user.group)", "--init-groups"] }
        if diesWithParent { options += ["--pdeathsig", "INT"] }
        guard let setpriv, !options.isEmpty else { return (program, arguments) }
        return (setpriv, options + ["--", program] + arguments)
    }

    /// Whether the user may enter every folder on the path.
    func canReach(_ path: String) -> Bool {
        if !changesUser { return true }
        var folder = path
        while true {
            guard let owner = FileSystem.ownership(of: folder) else { return false }
            let bit: UInt32 = owner.user == user.id ? 0o100 : 0o001
            guard owner.mode & bit != 0 else { return false }
            if folder == "/" { return true }
            folder = FileSystem.parent(of: folder)
        }
    }

    /// Makes a folder that only this user and root may enter.
    func makePrivateFolder(_ path: String) throws(EmbeddedServerError) {
        try system { () throws(SystemError) in
            try FileSystem.makeFolder(path, mode: 0o700)
        }
        guard FileSystem.kind(of: path, followingLinks: false) == .folder, let owner = FileSystem.ownership(of: path),
            owner.user == user.id || owner.user == User.current.id
        else { throw .unsafeFolder(path) }
        try system { () throws(SystemError) in
            try FileSystem.setMode(0o700, of: path)
            if changesUser { try FileSystem.setOwner(user: user.id, group: user.group, of: path) }
        }
    }
}
