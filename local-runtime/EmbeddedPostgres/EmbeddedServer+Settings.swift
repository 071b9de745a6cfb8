import System
import Text

extension EmbeddedServer {
    static let database = "postbacks"

    /// The server's settings, for one program on a small machine without connections from outside.
    static let settings = [
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_permissions": "0700",
        "cluster_name": "postbacks",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "max_connections": "100",
        "shared_buffers": "128MB",
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "max_wal_senders": "0",
    ]

    /// This process's variables without those that PostgreSQL would heed.
    static var environment: [String: String] {
        ProcessEnvironment.all.filter { !$0.key.hasPrefix("PG") && !$0.key.hasPrefix("LC_") && $0.key != "LANG" }
    }

    static func uri(socket: String, database: String) -> String {
        "postgresql://postbacks@/\(PercentEncoding.component(database))?host=\(PercentEncoding.component(socket))&port=5432"
    }
}
