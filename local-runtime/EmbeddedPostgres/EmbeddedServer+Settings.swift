import POSIX

extension EmbeddedServer {
    static let database = "postbacks"

    /// The server's settings: for one program on a small machine, where nothing comes in from outside.
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

    /// This process's variables without those that PostgreSQL would listen to.
    static var environment: [String: String] {
        ProcessEnvironment.all.filter { !$0.key.hasPrefix("PG") && !$0.key.hasPrefix("LC_") && $0.key != "LANG" }
    }

    static func uri(socket: String, database: String) -> String {
        "postgresql://postbacks@/\(percentEncoded(database))?host=\(percentEncoded(socket))&port=5432"
    }

    /// RFC 3986 §2.1: everything but the unreserved characters.
    private static func percentEncoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}
