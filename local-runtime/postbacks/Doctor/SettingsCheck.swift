import Domain
import FunctionRuntime
import Input
import Poller
import System

/// Checks the settings of this process, and the files that contain them.
enum SettingsCheck {
    static func findings(_ installation: Installation) -> [Finding] {
        var findings = values(installation) + unknown() + files(installation)
        if findings.isEmpty { findings = [.good("settings", "all can be read")] }
        return findings
    }

    private static func values(_ installation: Installation) -> [Finding] {
        var findings: [Finding] = []
        do throws(FunctionError) {
            _ = try PollerSettings(installation.settings, connectionString: "")
        } catch {
            findings.append(.wrong("settings", error.message))
        }
        do throws(FunctionError) {
            try DeliverySettings.check(installation.settings)
        } catch {
            if !findings.contains(where: { $0.message == error.message }) {
                findings.append(.wrong("settings", error.message))
            }
        }
        return findings
    }

    /// Variables whose names look like settings and are none: probably mistyped.
    private static func unknown() -> [Finding] {
        let known = SettingsTable.all.map(\.name)
        let all = known + known.map { "\($0)_FILE" }
        return ProcessEnvironment.all.keys.filter { $0.hasPrefix("POSTBACKS_") && !all.contains($0) }.sorted().map {
            .notable("settings", "\($0) is not a setting of this version\(Spelling.hint(for: $0, among: known))")
        }
    }

    /// The files that contain secrets.
    private static func files(_ installation: Installation) -> [Finding] {
        var findings: [Finding] = []
        for name in [
            "DATABASE_URL", "POSTBACKS_ENCRYPTION_KEY", "POSTBACKS_PROXY", "POSTBACKS_ALERT_SECRET",
            "POSTBACKS_INVOKE_AUTHORIZATION",
        ] {
            guard let path = ProcessEnvironment["\(name)_FILE"], let mode = FileSystem.ownership(of: path)?.mode,
                mode & 0o027 != 0
            else { continue }
            findings.append(
                .wrong(
                    "settings", "other users may read or change the file of \(name)",
                    run: "chmod \(mode & 0o040 != 0 ? "640" : "600") \(path)"))
        }
        let isOwn = installation.isEmbedded && !installation.settings.has("POSTBACKS_ENCRYPTION_KEY")
        if isOwn, let mode = FileSystem.ownership(of: installation.keyFile)?.mode, mode & 0o077 != 0 {
            findings.append(
                .wrong("encryption key", "other users may read it", run: "chmod 600 \(installation.keyFile)"))
        }
        return findings
    }
}
