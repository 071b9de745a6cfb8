// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "postbacks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // C libraries as Swift sees them.
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSystem"),

        // The operating system, JSON, and one wrapper for each C library.
        .target(name: "POSIX", dependencies: ["CSystem"]),
        .target(name: "Postgres", dependencies: ["CPostgres", "POSIX"]),

        // What runs them on one machine.
        .target(
            name: "EmbeddedPostgres", dependencies: ["POSIX", "Postgres"], path: "local-runtime/EmbeddedPostgres"),

        // Real servers, real binaries.
        .testTarget(name: "TestSupport", dependencies: ["EmbeddedPostgres", "POSIX", "Postgres"]),
        .testTarget(name: "POSIXTests", dependencies: ["POSIX", "TestSupport"]),
        .testTarget(name: "PostgresTests", dependencies: ["POSIX", "Postgres", "TestSupport"]),
        .testTarget(
            name: "EmbeddedPostgresTests", dependencies: ["EmbeddedPostgres", "POSIX", "Postgres", "TestSupport"]),
    ]
)

/// Every target is compiled under the same, strictest settings.
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
}
