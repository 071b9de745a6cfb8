import Secrets
import Testing
import Text

@Suite struct AESGCMTests {
    /// Test cases 13, 14 and 16 of "The Galois/Counter Mode of Operation" (McGrew, Viega), which NIST adopted.
    @Test(arguments: [
        (
            String(repeating: "0", count: 64), String(repeating: "0", count: 24), "", "",
            "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        (
            String(repeating: "0", count: 64), String(repeating: "0", count: 24), String(repeating: "0", count: 32), "",
            "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ])
    func `the published vectors`(key: String, nonce: String, plain: String, context: String, sealed: String) {
        let result = AESGCM.seal(
            bytes(plain), key: bytes(key), nonce: bytes(nonce), authenticating: bytes(context))
        #expect(result.hexadecimal == sealed)
        #expect(
            AESGCM.open(bytes(sealed), key: bytes(key), nonce: bytes(nonce), authenticating: bytes(context))
                == bytes(plain))
    }

    @Test func `one changed bit anywhere opens nothing`() {
        let key = randomBytes(32)
        let nonce = randomBytes(12)
        let sealed = AESGCM.seal([1, 2, 3], key: key, nonce: nonce, authenticating: [9])
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(AESGCM.open(changed, key: key, nonce: nonce, authenticating: [9]) == nil)
        }
        #expect(AESGCM.open(sealed, key: key, nonce: nonce, authenticating: [8]) == nil)
        #expect(AESGCM.open(Array(sealed.prefix(15)), key: key, nonce: nonce, authenticating: [9]) == nil)
    }
}
