import POSIX

/// Where a home folder keeps its cluster:
///
/// ```
/// lock            held by the process that runs the server
/// postgres/       the cluster
/// postgres.log    what the server says; .old is of the run before
/// socket/         the socket's folder while the server runs
/// ```
///
/// Root's home folder is closed to the unprivileged user that root's server runs as. Then `postgres` and `socket` are links
/// into `/var/lib/postbacks/<name made from the home's path>`, and a cluster found there is used again.
/// A socket's path may have 107 bytes; where the home's is too long `socket` is a link to `/tmp/postbacks-<hash>`.
struct HomeFolder {
    let path: String
    var lock: String { "\(path)/lock" }
    var log: String { "\(path)/postgres.log" }
    private var clusterLink: String { "\(path)/postgres" }
    private var socketLink: String { "\(path)/socket" }

    /// Where the cluster really is; nil before it is prepared.
    var cluster: String? { FileSystem.resolve(clusterLink) }
    /// Where the socket really is; nil while no server runs.
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

    /// Makes the cluster's place, empty unless a cluster is there already, and returns its path.
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

    /// Removes the socket's folder, and the link to it. What cannot be removed is in nobody's way.
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

    /// The path's last letters, for people, and its hash, so that no two have the same name.
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
