import ArgumentParser
import Domain
import FunctionRuntime
import Secrets
import Store
import System

struct Rekey: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Seal every stored secret again with the first key, while everything runs. Safe to repeat.",
        discussion: """
            A rotation of POSTBACKS_ENCRYPTION_KEY has three steps:

              1. Add the new key behind the old one, `1:OLD,2:NEW`, and restart
                 functions and pollers: all of them can then open secrets
                 of the new key.
              2. Put the new key first, `2:NEW,1:OLD`, restart them, and run
                 `postbacks rekey`.
              3. When it ends with exit status 0, remove the old key and restart
                 them.

            It waits for deliveries in flight that were claimed with the old secrets.
            Without a new key it binds secrets of earlier versions to the origin of the
            postback's URL, once every function and poller is of this version.

            Versions and times of postbacks stay as they are. Exit status 1: the old
            key is still needed, or some secrets cannot be opened; those stay as they
            are, and all others are sealed again.
            """)

    @Flag(help: "Only count.")
    var dryRun = false

    func run() throws {
        try reportingFailure {
            let installation = try Installation()
            guard let keys = try installation.keys() else {
                throw StartCheck.missingKey(try installation.connectionString())
            }
            let database = try Database(
                Settings(
                    environment: try installation.environment(connectionString: try installation.connectionString())),
                applicationName: "postbacks rekey")
            let rotation = SecretRotation(database, keys: keys)
            let outcome = try rotation.run(isDryRun: dryRun)
            Terminal.print(
                "\(dryRun ? "to be sealed anew" : "sealed anew") under the key \(keys.sealingID): \(outcome.renewed) (of \(outcome.postbacks) postbacks)"
            )
            Terminal.print("sealed under it already: \(outcome.current)")
            if !outcome.failures.isEmpty {
                Terminal.print("cannot be opened: \(outcome.failures.count)")
                for failure in outcome.failures {
                    Terminal.print("  postback \(failure.postbackID), \(failure.field): \(failure.reason)")
                }
            }
            var isDone = true
            if !dryRun {
                try Rekey.waitForClaims(rotation)
                isDone = Rekey.report(try SecretRotation.sealed(in: database), keys)
            }
            if !outcome.failures.isEmpty || !isDone { throw ExitCode(1) }
        }
    }

    /// Waits for deliveries that were claimed before: their lines contain secrets sealed with the old key, which must
    /// be there when they are sent.
    private static func waitForClaims(_ rotation: SecretRotation) throws {
        var claims = try rotation.claims()
        if claims.count > 0 {
            Terminal.printError("waiting for \(claims.count) deliveries in flight, at most for one lease")
        }
        while claims.count > 0 {
            _ = try wait(for: [], atMost: .milliseconds(100))
            claims = try rotation.open(claims)
        }
    }

    /// Prints for each key whether it is still needed.
    /// - Returns: whether only the first key is needed.
    private static func report(_ sealed: [(key: String, count: Int)], _ keys: EncryptionKeys) -> Bool {
        let others = sealed.filter { $0.key != keys.sealingID }
        for (key, count) in others {
            Terminal.print(
                keys.ids.contains(key)
                    ? "the key \(key) is still needed: it has sealed \(count); run this again once every function has the key \(keys.sealingID) first"
                    : "the key \(key) is missing in POSTBACKS_ENCRYPTION_KEY: it has sealed \(count)")
        }
        for key in keys.ids.dropFirst() where !others.contains(where: { $0.key == key }) {
            Terminal.print("the key \(key) is not used any more: it may be removed from POSTBACKS_ENCRYPTION_KEY")
        }
        return others.isEmpty
    }
}
