import Secrets
import Testing

@Suite struct EncryptionKeysTests {}
