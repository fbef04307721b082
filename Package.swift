// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target of this package is held to the same rules.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "crmvault",
  products: [
    .executable(name: "crmvault", targets: ["crmvault"]),
    // What the benchmarks use, a package of their own.
    .library(
      name: "VaultBench", targets: ["Anonymization", "Vault", "VaultSQLite", "VaultTesting", "Scoring"]),
  ],
  dependencies: [
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
  ],
  targets: [
    // System libraries. Only Sodium imports CSodium, only crmvault CProcess; Ingest's tests hold
    // its CSV reader against libcsv (ArchitectureTests keep these walls).
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CCSV", providers: [.apt(["libcsv-dev"])]),
    .systemLibrary(name: "CProcess"),

    // libphonenumber behind a C interface; loaded when first needed. Only Vault imports it.
    .target(name: "CPhoneNumber"),

    .target(name: "Sodium", dependencies: ["CSodium"], swiftSettings: strict),
    .target(name: "AuditLog", dependencies: ["Sodium"], swiftSettings: strict),
    .target(name: "Scoring", swiftSettings: strict),
    .target(name: "Anonymization", swiftSettings: strict),
    // What pages of HTML and terminals share: text made safe, figures, charts, a style. Imports nothing.
    .target(name: "Page", swiftSettings: strict),
    // Measures published files; shares nothing with what recodes them.
    .target(name: "DisclosureRisk", swiftSettings: strict),
    .target(
      name: "Ingest", dependencies: [.product(name: "Yams", package: "Yams")], swiftSettings: strict),
    // From a profile and a file to a measured release: what `table` and `export` share. No vault, no keys.
    .target(
      name: "Release",
      dependencies: [
        "Anonymization", "DisclosureRisk", "Ingest", "Page", .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "crmvault",
      dependencies: [
        "Anonymization", "AuditLog", "CProcess", "DisclosureRisk", "Ingest", "Page", "Release", "Scoring",
        "Sodium", "Vault", "VaultSQLite", "Witness",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // The witness as a service, and the talk with other people's: the only target that speaks HTTP.
    .target(
      name: "Witness",
      dependencies: [
        "AuditLog", "Sodium",
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
    .target(
      name: "Vault",
      dependencies: [
        "Anonymization", "AuditLog", "CPhoneNumber", "Scoring", "Sodium",
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    .target(
      name: "VaultSQLite", dependencies: ["Vault", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    .target(name: "VaultTesting", dependencies: ["Vault"], swiftSettings: strict),

    // Makes the files that the demo and the benchmarks work on. No part of the product.
    .executableTarget(name: "demo-data", path: "Sources/DemoData", swiftSettings: strict),

    .testTarget(name: "SodiumTests", dependencies: ["Sodium"], swiftSettings: strict),
    .testTarget(name: "AuditLogTests", dependencies: ["AuditLog", "Sodium"], swiftSettings: strict),
    .testTarget(name: "AnonymizationTests", dependencies: ["Anonymization"], swiftSettings: strict),
    .testTarget(
      name: "DisclosureRiskTests", dependencies: ["Anonymization", "DisclosureRisk"], swiftSettings: strict),
    .testTarget(
      name: "ReleaseTests", dependencies: ["Anonymization", "DisclosureRisk", "Ingest", "Release"],
      swiftSettings: strict),
    .testTarget(name: "ScoringTests", dependencies: ["Scoring"], swiftSettings: strict),
    .testTarget(name: "IngestTests", dependencies: ["CCSV", "Ingest"], swiftSettings: strict),
    .testTarget(
      name: "VaultTests",
      dependencies: ["Vault", "VaultTesting", "VaultSQLite", "Scoring", "Sodium", "AuditLog"],
      swiftSettings: strict),
    .testTarget(
      name: "VaultSQLiteTests", dependencies: ["Vault", "VaultSQLite", "VaultTesting"],
      swiftSettings: strict),
    .testTarget(
      name: "WitnessTests", dependencies: ["AuditLog", "Sodium", "Witness"], swiftSettings: strict),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    .testTarget(
      name: "crmvaultTests",
      dependencies: [
        "AuditLog", "crmvault", "Ingest", "Page", "Scoring", "Sodium", "Vault", "VaultSQLite", "VaultTesting",
      ],
      swiftSettings: strict),
  ]
)
