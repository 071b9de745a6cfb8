package import System

/// Knative services, one for each function, in one file. Cloud Run takes the same.
package struct KnativePackage {
    private let programs: PackagedPrograms
    private let image: String

    package init(_ programs: PackagedPrograms, image: String) {
        self.programs = programs
        self.image = image
    }

    package func write(to folder: PackageFolder) throws(SystemError) {
        try folder.write(programs.functions.map(service).joined(separator: "---\n"), to: "service.yaml")
    }

    private func service(_ function: String) -> String {
        let secrets = programs.secrets(of: function)
        var lines = [
            "apiVersion: serving.knative.dev/v1", "kind: Service", "metadata:",
            "  name: \(PackagedPrograms.lowerCase(function))", "spec:", "  template:", "    spec:",
            "      # deliverPostback takes up to POSTBACKS_TIMEOUT, which is 20 seconds.",
            "      timeoutSeconds: 30", "      enableServiceLinks: false", "      containers:",
            "        - image: \(image)", "          args: [\"serve\", \"--function\", \"\(function)\"]",
            "          ports:", "            - containerPort: 8080",
        ]
        if !secrets.isEmpty {
            lines += ["          env:"]
            lines += secrets.flatMap {
                ["            - name: \($0.variable)_FILE", "              value: /secrets/\($0.name)/value"]
            }
            lines += ["          volumeMounts:"]
            lines += secrets.flatMap {
                [
                    "            - name: \($0.name)", "              mountPath: /secrets/\($0.name)",
                    "              readOnly: true",
                ]
            }
        }
        lines += [
            "          resources:", "            limits:", "              cpu: 1000m", "              memory: 256Mi",
            "          securityContext:", "            allowPrivilegeEscalation: false",
            "            readOnlyRootFilesystem: true", "            runAsNonRoot: true",
            "            capabilities:", "              drop: [\"ALL\"]", "            seccompProfile:",
            "              type: RuntimeDefault",
        ]
        if !secrets.isEmpty {
            lines += ["      volumes:"]
            lines += secrets.flatMap {
                ["        - name: \($0.name)", "          secret:", "            secretName: \($0.name)"]
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
