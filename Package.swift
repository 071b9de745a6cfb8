// swift-tools-version: 6.3
import PackageDescription

/// The functions that use the database; each has a folder and an executable.
let databaseFunctions = [
    "backfillPostback", "configureAffiliate", "configureDestination", "configureOffer", "createPostback",
    "deletePostback", "deliveryStatistics", "explainConversion", "findRecords", "listAffiliates", "listConversions",
    "listDeliveries", "listDestinations", "listOffers", "listPostbacks", "previewPostback", "recordConversion",
    "redactConversion", "resendDeliveries", "showHealth", "updateConversionStatus", "updatePostback",
    "updatePostbacks",
]

let deliverPostbackDependencies: [Target.Dependency] = [
    "Configuration", "Domain", "Egress", "FunctionRuntime", "HTTP", "Input", "JSON", "Secrets", "System", "Text",
]

/// The dependencies that only the HTTP gateway has. SwiftPM does not resolve them unless the trait is enabled.
let withGateway = TargetDependencyCondition.when(traits: ["Gateway"])

let package = Package(
    name: "postbacks",
    traits: [
        .trait(name: "Gateway", description: "Builds the HTTP gateway, the program postbacks-gateway, with SwiftNIO.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // System libraries that are imported as C modules.
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CGlibc"),
        .target(name: "CArguments"),
        .target(name: "CEmbedded"),

        // Text, the operating system, JSON, and one wrapper for each C library.
        .target(name: "Text"),
        .target(name: "System", dependencies: ["CArguments", "CGlibc", "Text"]),
        .target(name: "JSON", dependencies: ["Text"]),
        .target(name: "Input", dependencies: ["JSON", "Text"]),
        .target(name: "Secrets", dependencies: ["CCrypto", "Text"]),
        .target(name: "Postgres", dependencies: ["CPostgres", "System"]),
        .target(name: "EmbeddedFiles", dependencies: ["CEmbedded"]),
        .target(name: "Egress", dependencies: ["System", "Text"]),
        .target(name: "HTTP", dependencies: ["CCurl", "Egress", "System", "Text"]),

        // The protocols of the platforms that run functions, and the runtime of one invocation of a function.
        .target(name: "Adapters", dependencies: ["JSON", "Text"]),
        .target(
            name: "FunctionRuntime",
            dependencies: [
                "Adapters", "Input", "JSON", "System", "Text", .product(name: "Logging", package: "swift-log"),
            ]),

        // The domain: values, rules and rendering, without files, sockets or settings.
        .target(name: "Domain", dependencies: ["Egress", "Input", "JSON", "Secrets", "System", "Text"]),

        // The settings that several programs read, and the tables.
        .target(
            name: "Configuration",
            dependencies: ["Domain", "Egress", "FunctionRuntime", "Input", "Secrets", "System"]),
        .target(
            name: "Store",
            dependencies: [
                "Domain", "Egress", "FunctionRuntime", "Input", "JSON", "Postgres", "Secrets", "System", "Text",
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [.embedInCode("Migrations"), .embedInCode("SQL")]),

        // The function that sends requests; it does not link libpq.
        .executableTarget(
            name: "deliverPostback", dependencies: deliverPostbackDependencies, path: "functions/deliverPostback",
            exclude: ["fixtures"]),

        // The programs that run the functions on one machine.
        .target(
            name: "EmbeddedPostgres", dependencies: ["Postgres", "System", "Text"],
            path: "local-runtime/EmbeddedPostgres", resources: [.embedInCode("SQL")]),
        .target(name: "Receiver", dependencies: ["System", "Text"], path: "local-runtime/Receiver"),
        .target(
            name: "Presets", dependencies: ["Domain", "FunctionRuntime", "Input", "JSON", "Text"],
            path: "local-runtime/Presets"),
        .target(
            name: "Poller",
            dependencies: [
                "Configuration", "Domain", "Egress", "FunctionRuntime", "Input", "JSON", "Postgres", "Secrets", "Store",
                "System", "Text", .product(name: "Logging", package: "swift-log"),
            ],
            path: "local-runtime/Poller"),
        .target(
            name: "Bulk",
            dependencies: ["Domain", "FunctionRuntime", "Input", "JSON", "Secrets", "Store", "System", "Text"],
            path: "local-runtime/Bulk"),
        .target(
            name: "Gateway",
            dependencies: [
                "Adapters", "Domain", "EmbeddedFiles", "FunctionRuntime", "Input", "JSON", "Postgres", "Presets",
                "Secrets", "Store", "System", "Text", .product(name: "Logging", package: "swift-log"),
            ],
            path: "local-runtime/Gateway"),
        .target(
            name: "FunctionServer",
            dependencies: [
                "Adapters", "FunctionRuntime", "Gateway", "JSON", "System", "Text",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "local-runtime/FunctionServer"),
        .target(
            name: "Lambda",
            dependencies: [
                "Adapters", "Egress", "EmbeddedFiles", "FunctionRuntime", "Gateway", "HTTP", "JSON", "System",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "local-runtime/Lambda"),
        .target(name: "Packaging", dependencies: ["System"], path: "local-runtime/Packaging"),
        .executableTarget(
            name: "postbacks-gateway",
            dependencies: [
                "Adapters", "Configuration", "Domain", "FunctionRuntime", "Gateway", "Store", "System", "Text",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: withGateway),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: withGateway),
                .product(name: "NIOPosix", package: "swift-nio", condition: withGateway),
            ],
            path: "local-runtime/postbacks-gateway"),
        .executableTarget(
            name: "postbacks-lambda",
            dependencies: ["Domain", "FunctionRuntime", "Lambda", "System"], path: "local-runtime/postbacks-lambda"),
        .executableTarget(
            name: "postbacks-remote",
            dependencies: [
                "Configuration", "Domain", "Egress", "FunctionRuntime", "HTTP", "Input", "JSON", "Secrets", "System",
                "Text",
            ],
            path: "local-runtime/postbacks-remote"),
        .executableTarget(
            name: "postbacks",
            dependencies: [
                "Adapters", "Bulk", "Configuration", "Domain", "Egress", "EmbeddedFiles", "EmbeddedPostgres",
                "FunctionRuntime", "FunctionServer", "Gateway", "Input", "JSON", "Lambda", "Packaging", "Poller",
                "Postgres", "Presets", "Receiver", "Secrets", "Store", "System", "Text",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "local-runtime/postbacks", resources: [.embedInCode("SQL")]),

        // Shared by tests, benchmarks and faults. It does not import Testing, which only test targets can import.
        .target(
            name: "TestSupport",
            dependencies: [
                "Domain", "EmbeddedPostgres", "JSON", "Postgres", "Receiver", "Secrets", "Store", "System", "Text",
            ],
            path: "Tests/TestSupport", exclude: ["forward_proxy.py", "validate.py", "verify.py"]),

        // Shared by the test targets. It imports Testing, so it must be a test target itself.
        .testTarget(name: "TestThreads"),

        // The test of Sources/ARCHITECTURE.md, followed by tests that mirror the targets above.
        .testTarget(
            name: "ArchitectureTests",
            dependencies: ["Domain", "JSON", "Postgres", "Store", "System", "TestSupport", "TestThreads"]),
        .testTarget(name: "SystemTests", dependencies: ["System", "TestSupport", "TestThreads"]),
        .testTarget(name: "TextTests", dependencies: ["Text"]),
        .testTarget(name: "JSONTests", dependencies: ["JSON"]),
        .testTarget(name: "SecretsTests", dependencies: ["Secrets", "Text"]),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "System", "TestSupport", "TestThreads"]),
        .testTarget(name: "EgressTests", dependencies: ["Egress"]),
        .testTarget(
            name: "HTTPTests", dependencies: ["Egress", "HTTP", "Receiver", "System", "TestSupport", "TestThreads"],
            exclude: ["verify_signature.py"]),
        .testTarget(
            name: "FunctionRuntimeTests",
            dependencies: [
                "FunctionRuntime", "Input", "JSON", "Postgres", "Receiver", "System", "TestSupport", "TestThreads",
            ]),
        .testTarget(name: "AdaptersTests", dependencies: ["Adapters", "JSON", "Text"]),
        .testTarget(name: "DomainTests", dependencies: ["Domain", "Input", "JSON", "Secrets", "Text"]),
        .testTarget(
            name: "RenderingTests", dependencies: ["JSON", "System", "TestSupport", "TestThreads"],
            exclude: ["receive.py"]),
        .testTarget(
            name: "InputTests", dependencies: ["Input", "JSON", "Postgres", "System", "TestSupport", "TestThreads"]),
        .testTarget(
            name: "FunctionsTests",
            dependencies: [
                "Domain", "JSON", "Postgres", "Receiver", "Secrets", "Store", "System", "TestSupport", "TestThreads",
                "Text",
            ]),
        .testTarget(
            name: "PollerTests",
            dependencies: [
                "Domain", "EmbeddedPostgres", "JSON", "Poller", "Postgres", "Receiver", "Secrets", "Store", "System",
                "TestSupport", "TestThreads", "Text",
            ]),
        .testTarget(
            name: "RemoteTests",
            dependencies: [
                "Configuration", "HTTP", "Input", "JSON", "Postgres", "Receiver", "System", "TestSupport",
                "TestThreads",
                "postbacks-remote",
            ],
            exclude: ["platform.py"]),
        .testTarget(
            name: "SecurityTests",
            dependencies: [
                "EmbeddedPostgres", "JSON", "Poller", "Postgres", "Receiver", "Secrets", "Store", "System",
                "TestSupport", "TestThreads", "Text",
            ]),
        .testTarget(
            name: "DoctorTests",
            dependencies: ["EmbeddedPostgres", "JSON", "Postgres", "System", "TestSupport", "TestThreads"]),
        .testTarget(
            name: "EmbeddedPostgresTests",
            dependencies: ["EmbeddedPostgres", "Postgres", "System", "TestSupport", "TestThreads"]),
        .testTarget(
            name: "ReadmeTests",
            dependencies: [
                "Domain", "FunctionRuntime", "Gateway", "Input", "JSON", "Postgres", "Receiver", "Store", "System",
                "TestSupport", "TestThreads", "postbacks",
            ]),
        .testTarget(
            name: "PresetsTests",
            dependencies: ["Domain", "FunctionRuntime", "JSON", "Presets", "System", "TestSupport", "TestThreads"]),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Adapters", "Domain", "EmbeddedFiles", "FunctionRuntime", "Gateway", "Input", "JSON", "Postgres",
                "Receiver",
                "Secrets", "Store", "System", "TestSupport", "TestThreads", "Text",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["conformance"]),
        .testTarget(name: "FunctionServerTests", dependencies: ["Adapters", "FunctionServer"]),
        .testTarget(
            name: "PlatformTests",
            dependencies: ["JSON", "Postgres", "Receiver", "System", "TestSupport", "TestThreads", "Text"],
            exclude: ["fn_agent.py", "send_events.py", "watchdog.py"]),
        .testTarget(
            name: "LambdaTests",
            dependencies: [
                "JSON", "Postgres", "Receiver", "System", "TestSupport", "TestThreads", "Text",
            ],
            exclude: ["relay.py"]),
        .testTarget(
            name: "PackagingTests",
            dependencies: ["JSON", "Receiver", "System", "TestSupport", "TestThreads"]),
        .testTarget(name: "BulkTests", dependencies: ["Bulk", "FunctionRuntime", "JSON"]),
        .testTarget(
            name: "ConsoleTests", dependencies: ["JSON", "System", "TestSupport", "TestThreads"], exclude: ["scenarios"]
        ),
        .testTarget(
            name: "DisplayTests",
            dependencies: ["JSON", "Postgres", "System", "TestSupport", "TestThreads", "postbacks"]),
        .testTarget(
            name: "ImportTests", dependencies: ["JSON", "Postgres", "System", "TestSupport", "TestThreads"]),
        .testTarget(
            name: "DeliverPostbackTests",
            dependencies: ["JSON", "Receiver", "System", "TestSupport", "TestThreads"],
            exclude: ["world.py"]),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "Domain", "EmbeddedPostgres", "FunctionRuntime", "Input", "JSON", "Postgres", "Store", "System",
                "TestSupport", "TestThreads",
            ]),
        .testTarget(name: "ReceiverTests", dependencies: ["Receiver", "System", "TestSupport", "TestThreads"]),
        .target(
            name: "HostileReceiver",
            dependencies: ["JSON", "Receiver", "Secrets", "System", "TestSupport", "Text"],
            path: "Tests/Faults/HostileReceiver", exclude: ["Transport/front.py", "Transport/names.py"]),
        .testTarget(
            name: "HostileTests",
            dependencies: ["HostileReceiver", "JSON", "System", "TestSupport", "TestThreads"]),
        // The benchmarks, and what they print.
        .target(name: "BenchmarkReport", dependencies: ["JSON"], path: "Tests/Benchmarks/Report"),
        .testTarget(name: "BenchmarkReportTests", dependencies: ["BenchmarkReport", "JSON"]),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "BenchmarkReport", "Domain", "Egress", "EmbeddedPostgres", "HTTP", "JSON", "Postgres", "Store",
                "System",
                "TestSupport", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Benchmarks",
            exclude: ["C", "OnPlatforms", "Queues", "Report", "gateway", "peers", "platforms", "run"],
            resources: [.embedInCode("SQL")]),

        // Faults that are injected into the real programs, and the ledger that is checked after each fault.
        .target(
            name: "FaultLedger", dependencies: ["Postgres"], path: "Tests/Faults/Ledger",
            resources: [.embedInCode("SQL")]),
        .executableTarget(
            name: "faults",
            dependencies: [
                "EmbeddedPostgres", "FaultLedger", "HostileReceiver", "JSON", "Postgres", "Receiver", "Secrets",
                "System", "TestSupport", "Text", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Faults/Harness", exclude: ["Scene/relay.py"], resources: [.embedInCode("SQL")]),
        .testTarget(name: "FaultRunTests", dependencies: ["FaultLedger", "System", "TestSupport", "TestThreads"]),
    ]
)

package.targets += databaseFunctions.map { name in
    .executableTarget(
        name: name,
        dependencies: [
            "Configuration", "Domain", "Egress", "FunctionRuntime", "Input", "JSON", "Secrets", "Store", "System",
        ],
        path: "functions/\(name)", exclude: ["fixtures"])
}

// Parsers of untrusted bytes with the properties that they must keep. The tests replay a corpus. A separate build runs
// them with libFuzzer (Tests/Faults/Fuzz/run) or counts their instructions (Tests/Faults/Fuzz/growth).
let fuzzed: [Target.Dependency] = [
    "Domain", "Egress", "FunctionRuntime", "Gateway", "HTTP", "Input", "JSON", "Poller", "Secrets", "Store", "System",
    "Text",
]
let isFuzzing = Context.environment["POSTBACKS_FUZZ"] != nil
let isCounting = Context.environment["POSTBACKS_FUZZ"] == "growth"
if isFuzzing {
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: fuzzed + ["deliverPostback"], path: "Tests/Faults/Fuzz",
            exclude: [
                "Corpus", "CorpusTests.swift", "GrowthTests.swift", isCounting ? "Driver.swift" : "GrowthDriver.swift",
                "dictionary", "growth", "run",
            ]))
    package.targets.removeAll { $0.name == "deliverPostback" }
    package.targets.append(
        .target(
            name: "deliverPostback", dependencies: deliverPostbackDependencies, path: "functions/deliverPostback",
            exclude: ["fixtures"]))
} else {
    package.targets.append(
        .testTarget(
            name: "FuzzTests", dependencies: fuzzed + ["TestSupport", "TestThreads", "deliverPostback"],
            path: "Tests/Faults/Fuzz",
            exclude: ["Corpus", "Driver.swift", "GrowthDriver.swift", "dictionary", "growth", "run"]))
}

// The programs that are shipped are built without benchmarks, faults and tests, which is an eighth less to compile.
// The gateway is built apart from the other programs, where the trait is enabled.
if let programs = Context.environment["POSTBACKS_PROGRAMS_ONLY"] {
    let tools: Set = ["TestSupport", "HostileReceiver", "BenchmarkReport", "benchmarks", "FaultLedger", "faults"]
    package.targets.removeAll {
        $0.type == .test || tools.contains($0.name) || ($0.name == "postbacks-gateway" && programs != "gateway")
    }
    // SwiftPM would warn of a dependency that no target uses.
    if programs != "gateway" {
        package.dependencies.removeAll {
            if case .sourceControl(_, let location, _) = $0.kind { location.hasSuffix("/swift-nio") } else { false }
        }
    }
}

/// Every target is compiled with the same, strictest settings.
for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .enableUpcomingFeature("ImmutableWeakCaptures"),
    ]
    // lld comes with the toolchain, is faster, and prints no warnings about the static library of Foundation.
    // In a release, the C++ library that Swift's runtime needs comes from the folder that local-runtime/prepare.sh fills, if
    // it is there: as a shared library, the loader would look up 4,300 of its symbols whenever a program starts.
    if target.type == .executable {
        target.linkerSettings = [
            .unsafeFlags(["-use-ld=lld"]),
            .unsafeFlags(["-L\(Context.packageDirectory)/.build/static"], .when(configuration: .release)),
        ]
    }
    // In a package for AWS Lambda the libraries stand beside this program. With the old kind of tag they come before those of
    // LD_LIBRARY_PATH, where Lambda names its own.
    if target.name == "postbacks-lambda" {
        target.linkerSettings?.append(.unsafeFlags(["-Xlinker", "--disable-new-dtags"]))
    }
    // libFuzzer provides the program's entry point, so the function's own gets another name.
    if isFuzzing, target.name == "deliverPostback" {
        target.swiftSettings?.append(
            .unsafeFlags(["-Xfrontend", "-entry-point-function-name", "-Xfrontend", "deliverPostback_main"]))
    }
}
