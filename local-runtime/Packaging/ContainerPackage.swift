package import System

/// A Containerfile that builds the programs from this project's source, and puts them into an image without a compiler
/// and without root.
package struct ContainerPackage {
    /// The default arguments of the image, whose program is `postbacks`.
    private let command: [String]

    package init(command: [String] = ["poll"]) { self.command = command }

    package func write(to folder: PackageFolder) throws(SystemError) {
        try folder.write(text, to: "Containerfile")
        // An ignore list beside a Containerfile takes precedence over one in the folder that is sent to the builder.
        try folder.write(".build*\n.git\n**/*.profraw\n", to: "Containerfile.dockerignore")
    }

    private var text: String {
        """
        # Build it in a clone of the project: podman build --file Containerfile --tag postbacks .
        # Run it without rights to write: podman run --read-only --cap-drop=all --env DATABASE_URL_FILE=… postbacks poll

        FROM swift:6.3-bookworm AS build
        WORKDIR /postbacks
        RUN apt-get update \\
            && apt-get install --yes --no-install-recommends libcurl4-openssl-dev libpq-dev libssl-dev pkg-config postgresql \\
            && rm -rf /var/lib/apt/lists/*
        COPY . .
        RUN ./local-runtime/build --gateway \\
            && bin=$(swift build -c release --static-swift-stdlib --show-bin-path) \\
            && install -d /opt/postbacks \\
            && for f in postbacks postbacks-gateway postbacks-remote $(ls functions); do \\
                   if [ -x "$bin/$f" ]; then install -m 755 "$bin/$f" /opt/postbacks/; fi; \\
               done

        FROM debian:bookworm-slim
        RUN apt-get update \\
            && apt-get install --yes --no-install-recommends ca-certificates libcurl4 libpq5 libstdc++6 \\
            && rm -rf /var/lib/apt/lists/*
        COPY --from=build /opt/postbacks /opt/postbacks
        ENV PATH=/opt/postbacks:$PATH SWIFT_BACKTRACE=enable=no
        # A number, so that a platform can see that it is not root; it has no entry, no home and no file of its own.
        USER 65532:65532
        ENTRYPOINT ["/opt/postbacks/postbacks"]
        CMD [\(command.map { "\"\($0)\"" }.joined(separator: ", "))]

        """
    }
}
