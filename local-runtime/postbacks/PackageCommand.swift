import ArgumentParser
import Domain
import FunctionRuntime
import Gateway
import Input
import Packaging
import System

struct PackageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package",
        abstract: "Write what a platform deploys: zips, containers, services, units.",
        discussion: """
            The programs are those beside this one, or in POSTBACKS_FUNCTIONS; build them
            with ./local-runtime/build. Without a function it takes all of them.

              postbacks package lambda recordConversion --output lambda
              postbacks package debian --output .
            """,
        subcommands: [
            PackageLambda.self, PackageOpenFaaS.self, PackageKnative.self, PackageContainer.self, PackageSystemd.self,
            PackageDebian.self,
        ])

    /// The programs of this installation.
    fileprivate static func programs(_ functions: [String]) throws -> PackagedPrograms {
        let installation = try Installation()
        guard let postbacks = ProcessArguments.program else {
            throw FunctionError(.misconfigured, "the file of this program cannot be found; call it by its path")
        }
        let names = functions.isEmpty ? FunctionNames.all : functions
        for name in names { _ = try installation.function(name) }
        return PackagedPrograms(
            postbacks: postbacks, folder: installation.functions, functions: names,
            withKey: FunctionNames.withSecrets, version: Version.current)
    }
}

/// The functions and the folder, which most packages take.
struct PackageOptions: ParsableArguments {
    @Argument(help: "The functions, e.g. recordConversion. Without one: all.", completion: .list(FunctionNames.all))
    var functions: [String] = []

    @OptionGroup var output: OutputOptions

    func validate() throws {
        for function in functions where !FunctionNames.all.contains(function) {
            let hint = Spelling.hint(for: function, among: FunctionNames.all)
            throw ValidationError("there is no function \(Terminal.safe(function))\(hint)")
        }
    }
}

struct OutputOptions: ParsableArguments {
    @Option(help: "The folder to write to. It is created if it does not exist; existing files are replaced.")
    var output: String

    fileprivate func folder() throws(FileFailure) -> PackageFolder {
        do throws(SystemError) {
            return try PackageFolder(output)
        } catch {
            throw FileFailure(.cannotCreate, "\(output) cannot be written: \(error.reason)")
        }
    }
}

struct PackageLambda: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lambda", abstract: "Zips for AWS Lambda (provided.al2023), and a SAM template.",
        discussion: """
            A zip has the function, postbacks (as `lambda-bootstrap`), their libraries,
            the loader and the certificates; nothing of the system is used. `sam deploy
            --guided` in the folder deploys them.
            """)

    @OptionGroup var options: PackageOptions

    @Flag(help: "Put libraries, postbacks and certificates into a layer that the functions share.")
    var layer = false

    @Option(help: "A PEM file with the certificate authorities.")
    var caFile = "/etc/ssl/certs/ca-certificates.crt"

    func run() throws {
        try reportingFailure {
            guard FileSystem.kind(of: caFile) == .file else {
                throw FileFailure(.noInput, "\(caFile) is no file; --ca-file names one with certificate authorities")
            }
            let package = LambdaPackage(
                try PackageCommand.programs(options.functions), hasLayer: layer, authorities: caFile)
            for file in try package.write(to: try options.output.folder()) {
                Terminal.print("\(file.name)  \((Double(file.size) / 1e6).formattedMegabytes)")
            }
            Terminal.print("template.yaml")
        }
    }
}

struct PackageOpenFaaS: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openfaas", abstract: "A stack.yaml, and a Containerfile with of-watchdog.",
        discussion: """
            The secrets are postbacks-database-url and postbacks-encryption-key
            (`faas-cli secret create`), which the functions read as files.
            """)

    @OptionGroup var options: PackageOptions

    @Option(help: "The image of the functions.")
    var image = "postbacks-openfaas:latest"

    func run() throws {
        try reportingFailure {
            try OpenFaaSPackage(try PackageCommand.programs(options.functions), image: image)
                .write(to: try options.output.folder())
        }
    }
}

struct PackageKnative: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knative", abstract: "Knative services, which Cloud Run takes too.",
        discussion: """
            The secrets are postbacks-database-url and postbacks-encryption-key, each with
            the key `value`; the image is that of `postbacks package container`.
            """)

    @OptionGroup var options: PackageOptions

    @Option(help: "The image of the functions.")
    var image = "postbacks:latest"

    func run() throws {
        try reportingFailure {
            try KnativePackage(try PackageCommand.programs(options.functions), image: image)
                .write(to: try options.output.folder())
        }
    }
}

struct PackageContainer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "container", abstract: "A Containerfile: built from source, without root, read-only.")

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reportingFailure { try ContainerPackage().write(to: try output.folder()) }
    }
}

struct PackageSystemd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "systemd", abstract: "Hardened units of the poller, the gateway and a regular checkup.")

    @OptionGroup var output: OutputOptions

    @Option(help: "The path of postbacks on the machine that runs it.")
    var program = "/opt/postbacks/bin/postbacks"

    func validate() throws {
        guard program.hasPrefix("/"), !program.contains(where: { $0.isWhitespace || $0 == "%" }) else {
            throw ValidationError(
                "--program must be an absolute path without spaces, such as /opt/postbacks/bin/postbacks")
        }
    }

    func run() throws {
        try reportingFailure { try SystemdPackage(program: program).write(to: try output.folder()) }
    }
}

struct PackageDebian: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "debian", abstract: "A package for Debian and Ubuntu, written by dpkg-deb.",
        discussion: """
            apt-get install ./postbacks_VERSION_ARCHITECTURE.deb installs it. No service
            starts by itself: /etc/postbacks/poller.env and gateway.env name the database
            first.
            """)

    @OptionGroup var options: PackageOptions

    @Option(help: "The person who is responsible for the package: a name and a mail address.")
    var maintainer = "Postbacks <postbacks@example.com>"

    func run() throws {
        try reportingFailure {
            let package = DebianPackage(
                try PackageCommand.programs(options.functions), maintainer: maintainer,
                completion: PostbacksProgram.completionScript(for: .bash))
            Terminal.print(try package.write(to: try options.output.folder()))
        }
    }
}

extension Double {
    /// A size in megabytes with one decimal.
    fileprivate var formattedMegabytes: String { "\((self * 10).rounded() / 10) MB" }
}
