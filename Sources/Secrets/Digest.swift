import CCrypto

/// SHA-256 (FIPS 180-4).
package func sha256(_ message: [UInt8]) -> [UInt8] {
    unsafe digest { output, count in
        unsafe EVP_Digest(message, message.count, output, count, EVP_sha256(), nil)
    }
}

/// HMAC-SHA256 (RFC 2104).
package func hmacSHA256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    unsafe digest { output, count in
        unsafe HMAC(EVP_sha256(), key, CInt(key.count), message, message.count, output, count) == nil ? 0 : 1
    }
}

/// Whether the two are equal. The time depends only on their lengths.
package func isEqualInConstantTime(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    guard one.count == other.count else { return false }
    return unsafe CRYPTO_memcmp(one, other, one.count) == 0
}

/// Returns `count` bytes from the operating system's generator (getrandom), which does not fail.
package func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    // Each number costs a system call.
    while bytes.count < count {
        let number = generator.next()
        for index in 0..<min(8, count - bytes.count) { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
    }
    return bytes
}

/// Returns the 32 bytes that `fill` writes. Both callers fail only if memory runs out.
private func digest(_ fill: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<CUnsignedInt>) -> CInt) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, initialized in
        var count: CUnsignedInt = 0
        guard unsafe fill(buffer.baseAddress, &count) == 1 else { fatalError("libcrypto made no SHA-256") }
        initialized = Int(count)
    }
}
