import Glibc

/// How many files and sockets a process may have open at once (RLIMIT_NOFILE).
package enum OpenFiles {
    /// As many as this process, and the processes that it starts, may allow themselves.
    package static var limit: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_max)
    }

    /// Lets this process have as many files and sockets open at once as it may allow itself. Most systems allow 1,024 at first,
    /// for the sake of programs that use `select`.
    package static func allowAll() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
