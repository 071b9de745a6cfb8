import Glibc

/// The limit of files and sockets that a process may have open at the same time (RLIMIT_NOFILE).
package enum OpenFiles {
    /// The hard limit: the highest limit that this process and its children may set for themselves.
    package static var limit: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_max)
    }

    /// Raises this process's limit to the hard limit. Most systems start with 1,024, for programs that use `select`.
    package static func allowAll() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
