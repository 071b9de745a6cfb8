package import Egress
package import FunctionRuntime
import Input
import System

extension Setting<EgressRules> {
    package static var allowCIDRs: Setting<EgressRules> {
        Setting(
            "POSTBACKS_ALLOW_CIDRS", default: "",
            "addresses that may be dialled although they are not public, comma-separated, such as 127.0.0.0/8,::1/128"
        ) { text throws(Invalid) in
            do throws(EgressRules.InvalidEntry) {
                return try EgressRules(allowing: text)
            } catch {
                throw Invalid("has an entry that is not an address block: \(error)")
            }
        }
    }
}

extension Setting<Proxy?> {
    package static var proxy: Setting {
        Setting(
            "POSTBACKS_PROXY", whenMissing: "none; http_proxy and similar variables are ignored",
            "proxy for deliveries, http://host:port or socks5h://host:port, with user:password@ before the host if the proxy requires it; the proxy checks names, addresses are still checked here"
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

extension Setting<String?> {
    /// The path of a PEM file that holds a certificate.
    package static var authoritiesFile: Setting {
        Setting(
            "POSTBACKS_CA_FILE", whenMissing: "the system's",
            "PEM file of the certificate authorities that are trusted, instead of the system's"
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
