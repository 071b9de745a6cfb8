import System

/// Where a home folder keeps its cluster:
///
/// ```
/// lock            held by the process that runs the server
/// postgres/       the cluster
/// postgres.log    the output of the server; .old is that of the run before
/// socket/         the folder of the socket while the server runs
/// ```
///
/// If root runs the server, its unprivileged user cannot enter root's home folder. Then `postgres` and `socket` are
/// links into `/var/lib/postbacks/<name made from the home's path>`, and a cluster found there is used again. The path
/// of a socket has at most 107 bytes; if the home's is too long, `socket` is a link to `/tmp/postbacks-<hash>`.
struct HomeFolder {
    let path: String
    var lock: String { "\(path)/lock" }
    var log: String { "\(path)/postgres.log" }
    private var clusterLink: String { "\(path)/postgres" }
    private var socketLink: String { "\(path)/socket" }

    /// The resolved path of the cluster; nil before it is prepared.
    var cluster: String? { FileSystem.resolve(clusterLink) }
    /// The resolved path of the socket's folder; nil while no server runs.
    var socket: String? { FileSystem.resolve(socketLink) }

    /// The cluster's major version; nil before it is made.
    var clusterVersion: Int? {
        guard let bytes = try? FileSystem.read("\(clusterLink)/PG_VERSION") else { return nil }
        return Int(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
    }

    init(_ path: String) {
        self.path = FileSystem.resolve(path) ?? path
    }

    /// Makes the home folder itself.
    static func make(_ path: String) throws(EmbeddedServerError) -> HomeFolder {
        try system { () throws(SystemError) in
            try FileSystem.makeFolder(path, mode: User.isRoot ? 0o711 : 0o700)
        }
        return HomeFolder(path)
    }

    /// Makes the place of the cluster and returns its path. The place is empty unless it contains a cluster already.
    func prepareCluster(for account: ServerAccount) throws(EmbeddedServerError) -> String {
        if let cluster { return cluster }
        let place = try makePlace(for: account)
        let cluster = "\(place)/postgres"
        if place != path { try link(clusterLink, to: cluster) }
        return cluster
    }

    /// Makes the socket's folder and returns its path.
    func prepareSocket(for account: ServerAccount) throws(EmbeddedServerError) -> String {
        removeSocket()
        let place = try makePlace(for: account)
        var folder = "\(place)/socket"
        if "\(folder)/.s.PGSQL.5432".utf8.count > 107 { folder = "/tmp/postbacks-\(Self.hash(path))" }
        try account.makePrivateFolder(folder)
        if folder != socketLink { try link(socketLink, to: folder) }
        return folder
    }

    /// Removes the socket's folder and the link to it. Failures are ignored.
    func removeSocket() {
        if let socket { try? FileSystem.removeTree(socket) }
        try? FileSystem.remove(socketLink)
    }

    private func makePlace(for account: ServerAccount) throws(EmbeddedServerError) -> String {
        if account.canReach(path) { return path }
        let place = "/var/lib/postbacks/\(Self.name(for: path))"
        try system { () throws(SystemError) in
            try FileSystem.makeFolder(place, mode: 0o711)
        }
        return place
    }

    private func link(_ path: String, to destination: String) throws(EmbeddedServerError) {
        try system { () throws(SystemError) in
            try FileSystem.remove(path)
            try FileSystem.makeLink(at: path, to: destination)
        }
    }

    /// The end of the path, for people, and its hash, for a unique name.
    private static func name(for path: String) -> String {
        let readable = path.dropFirst().map { $0 == "/" ? "-" : String($0) }.joined()
        return "\(String(decoding: readable.utf8.suffix(40).filter { $0 < 0x80 }, as: UTF8.self))-\(hash(path))"
    }

    /// FNV-1a, 64 bits, in hexadecimal.
    private static func hash(_ text: String) -> String {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
