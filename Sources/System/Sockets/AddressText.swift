import Glibc

/// Parses an IP address and returns its bytes, most significant first: 4 for IPv4 (only in the form `a.b.c.d`) or 16
/// for IPv6. Anything else gives nil.
package func addressBytes(of text: String) -> [UInt8]? {
    // The C function stops at a NUL and would ignore the text after it.
    guard !text.utf8.contains(0) else { return nil }
    var bytes = [UInt8](repeating: 0, count: 4)
    if unsafe inet_pton(AF_INET, text, &bytes) == 1 { return bytes }
    bytes = [UInt8](repeating: 0, count: 16)
    return unsafe inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
}

/// The usual text of an IP address of 4 or 16 bytes, such as `::1`; nil for any other number of bytes.
package func addressText(of bytes: [UInt8]) -> String? {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    guard unsafe inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
