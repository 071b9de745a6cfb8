import Configuration
import Domain
import Egress
import FunctionRuntime
import Secrets

/// The settings of deliverPostback. A poller reads them before it claims anything: the delivery process would refuse each
/// delivery because of a wrong one.
enum DeliverySettings {
    /// - Throws: `misconfigured`, naming the setting and its valid values.
    static func check(_ settings: Settings) throws(FunctionError) {
        let egress: Setting = .allowCIDRs
        _ = try settings(egress)
        let proxy: Setting<Proxy?> = .proxy
        _ = try settings(proxy)
        let authorities: Setting<String?> = .authoritiesFile
        _ = try settings(authorities)
        _ = try settings(.retrySchedule)
        _ = try settings(.timeout)
        _ = try settings(.connectTimeout)
        _ = try settings(.logLevel)
        let remote: [RemoteFunction] = try settings(.invoke)
        let authorization: Secret? = try settings(.invokeAuthorization)
        guard authorization == nil || !remote.isEmpty else {
            throw FunctionError(
                .misconfigured, "POSTBACKS_INVOKE_AUTHORIZATION is set, but POSTBACKS_INVOKE is not; set both or none")
        }
    }
}
