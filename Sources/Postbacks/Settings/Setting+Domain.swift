package import Egress
package import FunctionRuntime
import Input
package import Secrets
import System

extension Setting<EncryptionKeys?> {
    package static var encryptionKey: Setting<EncryptionKeys?> {
        Setting(
            "POSTBACKS_ENCRYPTION_KEY", whenMissing: "none; the embedded default makes one",
            "id:base64 of 32 bytes, comma-separated: the first seals secrets, all open them; a bare base64 has the id 1"
        ) { text throws(Invalid) in
            guard let text else { return nil }
            do throws(MalformedKeys) {
                return try EncryptionKeys(parsing: text)
            } catch {
                throw Invalid("is malformed: \(error)")
            }
        }
    }
}

extension Setting<EgressRules> {
    package static var allowCIDRs: Setting<EgressRules> {
        Setting(
            "POSTBACKS_ALLOW_CIDRS", default: "",
            "addresses that may be dialled although they are not public, comma-separated, such as 127.0.0.0/8,::1/128"
        ) { text throws(Invalid) in
            do throws(EgressRules.InvalidEntry) {
                return try EgressRules(allowing: text)
            } catch {
                throw Invalid("has an entry that is no address block: \(error)")
            }
        }
    }
}

extension Setting<String?> {
    /// The path of a PEM file that holds a certificate.
    package static var authoritiesFile: Setting {
        Setting(
            "POSTBACKS_CA_FILE", whenMissing: "the system's",
            "PEM file of the authorities whose certificates are believed, instead of the system's"
        ) { path throws(Invalid) in
            guard let path else { return nil }
            let bytes: [UInt8]
            do throws(SystemError) {
                bytes = try FileSystem.read(path, limit: 16 << 20)
            } catch {
                throw Invalid("names a file that cannot be read: \(error)")
            }
            guard String(decoding: bytes, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
                throw Invalid("names a file without a certificate in PEM form: \(path)")
            }
            return path
        }
    }
}

extension Setting<Proxy?> {
    package static var proxy: Setting {
        Setting(
            "POSTBACKS_PROXY", whenMissing: "none; http_proxy and its like are ignored",
            "proxy for deliveries, http://host:port or socks5h://host:port, with user:password@ before the host if it asks; it judges names, addresses are still judged here"
        ) { text throws(Invalid) in
            guard let text else { return nil }
            do throws(Proxy.Invalid) {
                return try Proxy(parsing: text)
            } catch {
                throw Invalid("\(error)")
            }
        }
    }
}

extension Setting<RetrySchedule> {
    package static var retrySchedule: Setting {
        Setting(
            "POSTBACKS_RETRY_SCHEDULE", default: "30,120,600,1800,7200,21600,54000",
            "waits in seconds (decimals allowed) between attempts; there is one attempt more"
        ) { text throws(Invalid) in try RetrySchedule(parsing: text) }
    }
}

extension Setting<Double> {
    package static var timeout: Setting {
        seconds("POSTBACKS_TIMEOUT", default: "20", "seconds for one attempt, the body included")
    }

    package static var connectTimeout: Setting {
        seconds("POSTBACKS_CONNECT_TIMEOUT", default: "5", "seconds for finding the address and connecting")
    }

    private static func seconds(_ name: String, default fallback: String, _ meaning: String) -> Setting {
        Setting(name, default: fallback, meaning) { text throws(Invalid) in
            guard let seconds = Double(text), (0.001...3600).contains(seconds) else {
                throw Invalid("must be seconds from 0.001 to 3600, such as \(fallback)")
            }
            return seconds
        }
    }
}
