package import System

/// A `stack.yaml` for OpenFaaS: one image with of-watchdog in the mode http, which runs the server of one function.
package struct OpenFaaSPackage {
    private let programs: PackagedPrograms
    /// The image of the container package, which the image of the functions is made from.
    private let image: String

    package init(_ programs: PackagedPrograms, image: String) {
        self.programs = programs
        self.image = image
    }

    package func write(to folder: PackageFolder) throws(SystemError) {
        try folder.write(stack, to: "stack.yaml")
        try folder.write(containerfile, to: "Containerfile")
    }

    private static let port = 8081

    private var containerfile: String {
        """
        # The image of `postbacks package container` with OpenFaaS' watchdog before it.
        # Build it: podman build --file Containerfile --build-arg BASE=… --build-arg WATCHDOG=… --tag \(image) .
        # WATCHDOG is the image of of-watchdog, with the registry where OpenFaaS publishes it.
        ARG BASE=postbacks
        ARG WATCHDOG=openfaas/of-watchdog:0.11.5
        FROM ${WATCHDOG} AS watchdog

        FROM ${BASE}
        COPY --from=watchdog --chmod=755 /fwatchdog /usr/bin/fwatchdog
        ENTRYPOINT ["/usr/bin/fwatchdog"]
        CMD []

        """
    }

    private var stack: String {
        """
        version: 1.0
        provider:
          name: openfaas
          gateway: http://127.0.0.1:8080

        functions:

        """ + programs.functions.map(entry).joined()
    }

    private func entry(_ function: String) -> String {
        var lines = [
            "  \(PackagedPrograms.lowerCase(function)):", "    image: \(image)", "    skip_build: true",
            "    readonly_root_filesystem: true", "    environment:",
            // In the mode http the answers of failures reach the caller, with their status.
            "      mode: http", "      upstream_url: http://127.0.0.1:\(OpenFaaSPackage.port)",
            "      fprocess: /opt/postbacks/postbacks serve --function \(function) --port \(OpenFaaSPackage.port)",
            // deliverPostback takes up to POSTBACKS_TIMEOUT, which is 20 seconds.
            "      read_timeout: 30s", "      write_timeout: 30s", "      exec_timeout: 30s",
        ]
        let secrets = programs.secrets(of: function)
        lines += secrets.map { "      \($0.variable)_FILE: /var/openfaas/secrets/\($0.name)" }
        if !secrets.isEmpty { lines += ["    secrets:"] + secrets.map { "      - \($0.name)" } }
        return lines.joined(separator: "\n") + "\n"
    }
}
