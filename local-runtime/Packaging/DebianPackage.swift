import System

/// A package for Debian and Ubuntu with the programs, their units and the completion of commands. dpkg-deb writes it.
package struct DebianPackage {
    private let programs: PackagedPrograms
    /// The name and mail address of the person who is responsible for the package.
    private let maintainer: String
    /// The script for the shell's completion.
    private let completion: String

    /// The folder into which the programs are installed.
    private static let home = "/usr/lib/postbacks"
    /// The libraries with which the programs are linked. All further libraries are dependencies of these.
    private static let direct = [
        "libc.so.6", "libcrypto.so.3", "libcurl.so.4", "libgcc_s.so.1", "libm.so.6", "libpq.so.5", "libstdc++.so.6",
    ]
    /// The libraries that get new functions without a new name. The package therefore requires at least the versions of
    /// this machine.
    private static let growing = ["libc.so.6", "libgcc_s.so.1", "libm.so.6", "libstdc++.so.6"]

    package init(_ programs: PackagedPrograms, maintainer: String, completion: String) {
        self.programs = programs
        self.maintainer = maintainer
        self.completion = completion
    }

    /// - Returns: the name of the package's file.
    package func write(to folder: PackageFolder) throws -> String {
        guard let builder = Executable.find("dpkg-deb"), let dpkg = Executable.find("dpkg") else {
            throw PackagingError("there is no program dpkg-deb in PATH, which writes packages for Debian")
        }
        let architecture = try text(of: dpkg, ["--print-architecture"])
        let name = "postbacks_\(programs.version)_\(architecture).deb"
        let root = try FileSystem.makeTemporaryFolder("\(folder.path)/.postbacks-")
        defer { try? FileSystem.removeTree(root) }
        try FileSystem.setMode(0o755, of: root)
        try fill(PackageFolder(root), architecture: architecture)
        // With a fixed date and root as the owner of all files, the same files make the same package.
        let environment = ProcessEnvironment.all.merging(["SOURCE_DATE_EPOCH": "315532800"]) { $1 }
        let outcome = try ChildProcess.run(
            builder, ["--root-owner-group", "-Zgzip", "--build", root, "\(folder.path)/\(name)"],
            environment: environment)
        guard outcome.status == .exited(0) else {
            throw PackagingError("dpkg-deb has failed (\(outcome.status)): \(outcome.errorText)")
        }
        return name
    }

    private func fill(_ root: PackageFolder, architecture: String) throws {
        for program in executables {
            let bytes = StrippedProgram.bytes(of: try FileSystem.read(program.path))
            try root.write(bytes, to: "\(DebianPackage.home)/\(program.name)", mode: 0o755)
        }
        try FileSystem.makeFolder("\(root.path)/usr/bin")
        try FileSystem.makeLink(at: "\(root.path)/usr/bin/postbacks", to: "../lib/postbacks/postbacks")
        for unit in SystemdPackage(program: "\(DebianPackage.home)/postbacks").units {
            try root.write(unit.text, to: "/lib/systemd/system/\(unit.name)")
        }
        for file in SystemdPackage.settings {
            try root.write(file.text, to: "/etc/postbacks/\(file.name)", mode: 0o600)
        }
        // bash reads this file; it does not execute it.
        let lines = completion.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.hasPrefix("#!") }
        try root.write(
            lines.joined(separator: "\n"), to: "/usr/share/bash-completion/completions/postbacks")
        let documents = "/usr/share/doc/postbacks"
        try root.write(copyright, to: "\(documents)/copyright")
        try root.write(try compressed(changes), to: "\(documents)/changelog.gz")
        try root.write(try control(architecture: architecture), to: "/DEBIAN/control")
        try root.write(
            SystemdPackage.settings.map { "/etc/postbacks/\($0.name)\n" }.joined(), to: "/DEBIAN/conffiles")
        for script in DebianPackage.scripts { try root.write(script.text, to: "/DEBIAN/\(script.name)", mode: 0o755) }
    }

    private var executables: [(name: String, path: String)] {
        let folder = FileSystem.parent(of: programs.postbacks)
        let others = ["postbacks-gateway", "postbacks-lambda", "postbacks-remote"].map {
            (name: $0, path: "\(folder)/\($0)")
        }
        return [("postbacks", programs.postbacks)]
            + programs.functions.map { ($0, programs.path(of: $0)) }
            + others.filter { Executable.isExecutable($0.path) }
    }

    private func control(architecture: String) throws -> String {
        """
        Package: postbacks
        Version: \(programs.version)
        Architecture: \(architecture)
        Maintainer: \(maintainer)
        Section: net
        Priority: optional
        Depends: \(try dependencies().joined(separator: ", "))
        Suggests: postgresql
        Description: server-to-server postbacks for affiliate conversions
         Records conversions in PostgreSQL and tells the affiliates' own servers about
         them, at least once and in order. It has functions that read and write JSON,
         a poller, an HTTP gateway with a console, and a checkup.

        """
    }

    /// The packages of the libraries. Those of `growing` are required in the version of this machine or a newer one.
    private func dependencies() throws -> [String] {
        let libraries = try LoadedLibraries(of: executables.map(\.path))
        guard let query = Executable.find("dpkg-query") else { throw PackagingError("there is no program dpkg-query") }
        var packages: Set = ["ca-certificates"]
        for library in libraries.libraries where DebianPackage.direct.contains(library.name) {
            guard let file = FileSystem.resolve(library.path) else { continue }
            // Before /lib became a link to /usr/lib, the package's list may name the file in /lib.
            let names = [file, file.hasPrefix("/usr/lib/") ? String(file.dropFirst("/usr".count)) : file]
            let owner = names.lazy.compactMap { try? self.text(of: query, ["--search", $0]) }.first
            guard let package = owner?.split(separator: ":").first else {
                throw PackagingError("no package of this machine has \(library.path)")
            }
            guard DebianPackage.growing.contains(library.name) else {
                packages.insert(String(package))
                continue
            }
            let version = try text(of: query, ["--show", "--showformat", "${Version}", String(package)])
            let upstream = version.lastIndex(of: "-").map { String(version[..<$0]) } ?? version
            packages.insert("\(package) (>= \(upstream))")
        }
        return packages.sorted()
    }

    /// The output of a program, without the end of the line.
    private func text(of program: String, _ arguments: [String]) throws -> String {
        let outcome = try ChildProcess.run(program, arguments)
        guard outcome.status == .exited(0) else {
            throw PackagingError("\(program) has failed (\(outcome.status)): \(outcome.errorText)")
        }
        return String(outcome.text.prefix { $0 != "\n" })
    }

    private func compressed(_ text: String) throws -> [UInt8] {
        guard let gzip = Executable.find("gzip") else { throw PackagingError("there is no program gzip in PATH") }
        return try ChildProcess.run(gzip, ["--no-name", "--best", "--stdout"], input: Array(text.utf8)).output
    }

    private var changes: String {
        """
        postbacks (\(programs.version)) unstable; urgency=medium

          * The programs of this version.

         -- \(maintainer)  Tue, 01 Jan 1980 00:00:00 +0000

        """
    }

    private var copyright: String {
        """
        Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
        Upstream-Name: postbacks

        Files: *
        Copyright: the authors of Postbacks
        License: Apache-2.0
         On Debian systems the text of the Apache License 2.0 is in
         /usr/share/common-licenses/Apache-2.0.

        """
    }

    /// The scripts that dpkg runs. No service is started by itself: it needs a database first.
    private static let scripts = [
        (
            name: "postinst",
            text: """
            #!/bin/sh
            set -e
            if [ "$1" = configure ] && [ -d /run/systemd/system ]; then
                systemctl --system daemon-reload >/dev/null || true
                # After an upgrade, running services are restarted with the new programs.
                for unit in \(SystemdPackage.services.joined(separator: " ")); do
                    systemctl --system try-restart "$unit" >/dev/null || true
                done
            fi

            """
        ),
        (
            name: "prerm",
            text: """
            #!/bin/sh
            set -e
            if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
                systemctl --system disable --now \(SystemdPackage.services.joined(separator: " ")) \
            postbacks-doctor.timer >/dev/null 2>&1 || true
            fi

            """
        ),
        (
            name: "postrm",
            text: """
            #!/bin/sh
            set -e
            if [ -d /run/systemd/system ]; then
                systemctl --system daemon-reload >/dev/null || true
            fi

            """
        ),
    ]
}
