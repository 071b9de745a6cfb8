import CCrypto

/// AES-256-GCM (NIST SP 800-38D) with a 96-bit nonce and a 128-bit tag.
package enum AESGCM {
    package static let keyLength = 32
    package static let nonceLength = 12
    package static let tagLength = 16

    /// Encrypts and returns the ciphertext followed by the tag. `key` and `nonce` must have the lengths above.
    package static func seal(
        _ plain: [UInt8], key: [UInt8], nonce: [UInt8], authenticating context: [UInt8]
    ) -> [UInt8] {
        precondition(key.count == keyLength && nonce.count == nonceLength)
        let cipher = CipherContext()
        var isDone = unsafe EVP_EncryptInit_ex(cipher.pointer, EVP_aes_256_gcm(), nil, key, nonce) == 1
        var written: CInt = 0
        isDone = unsafe isDone && EVP_EncryptUpdate(cipher.pointer, nil, &written, context, CInt(context.count)) == 1
        let ciphertext = unsafe [UInt8](unsafeUninitializedCapacity: plain.count + tagLength) { buffer, initialized in
            isDone =
                unsafe isDone
                && EVP_EncryptUpdate(cipher.pointer, buffer.baseAddress, &written, plain, CInt(plain.count)) == 1
                && EVP_EncryptFinal_ex(cipher.pointer, buffer.baseAddress?.advanced(by: plain.count), &written) == 1
                && EVP_CIPHER_CTX_ctrl(
                    cipher.pointer, EVP_CTRL_AEAD_GET_TAG, CInt(tagLength),
                    buffer.baseAddress?.advanced(by: plain.count)) == 1
            initialized = isDone ? plain.count + tagLength : 0
        }
        // With a key and nonce of the right lengths, this fails only if memory runs out.
        guard isDone else { fatalError("libcrypto sealed nothing") }
        return ciphertext
    }

    /// Decrypts; returns nil if the key, nonce or context differs, or the ciphertext was changed.
    package static func open(
        _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], authenticating context: [UInt8]
    ) -> [UInt8]? {
        guard key.count == keyLength, nonce.count == nonceLength, sealed.count >= tagLength else { return nil }
        let length = sealed.count - tagLength
        let ciphertext = Array(sealed.prefix(length))
        var tag = Array(sealed.suffix(tagLength))
        let cipher = CipherContext()
        var written: CInt = 0
        var isAuthentic =
            unsafe EVP_DecryptInit_ex(cipher.pointer, EVP_aes_256_gcm(), nil, key, nonce) == 1
            && EVP_DecryptUpdate(cipher.pointer, nil, &written, context, CInt(context.count)) == 1
            && EVP_CIPHER_CTX_ctrl(cipher.pointer, EVP_CTRL_AEAD_SET_TAG, CInt(tagLength), &tag) == 1
        // One extra byte makes sure that the buffer has an address, even for an empty text.
        let plain = unsafe [UInt8](unsafeUninitializedCapacity: length + 1) { buffer, initialized in
            isAuthentic =
                unsafe isAuthentic
                && EVP_DecryptUpdate(cipher.pointer, buffer.baseAddress, &written, ciphertext, CInt(length)) == 1
                && EVP_DecryptFinal_ex(cipher.pointer, buffer.baseAddress?.advanced(by: length), &written) == 1
            initialized = isAuthentic ? length : 0
        }
        return isAuthentic ? plain : nil
    }
}

/// Owns one `EVP_CIPHER_CTX`.
@safe private struct CipherContext: ~Copyable {
    let pointer: OpaquePointer

    init() {
        guard let pointer = unsafe EVP_CIPHER_CTX_new() else { fatalError("libcrypto is out of memory") }
        unsafe self.pointer = pointer
    }

    deinit { unsafe EVP_CIPHER_CTX_free(pointer) }
}
