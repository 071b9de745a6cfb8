import Glibc

/// A user of the machine.
package struct User: Equatable, Sendable {
    package let name: String
    package let id: UInt32
    package let group: UInt32
    /// The home folder.
    package let home: String

    /// Whether this process runs as root.
    package static var isRoot: Bool { geteuid() == 0 }

    /// The effective user of this process. If it has no entry, its name is its number.
    package static var current: User {
        let id = geteuid()
        guard let entry = unsafe getpwuid(id) else {
            return User(name: String(id), id: id, group: getegid(), home: "/")
        }
        return unsafe User(entry.pointee)
    }

    /// - Returns: nil if there is no such user.
    package static func named(_ name: String) -> User? {
        guard let entry = unsafe getpwnam(name) else { return nil }
        return unsafe User(entry.pointee)
    }

    private init(name: String, id: UInt32, group: UInt32, home: String) {
        self.name = name
        self.id = id
        self.group = group
        self.home = home
    }

    private init(_ entry: passwd) {
        unsafe self.init(
            name: String(cString: entry.pw_name), id: entry.pw_uid, group: entry.pw_gid,
            home: String(cString: entry.pw_dir))
    }
}
