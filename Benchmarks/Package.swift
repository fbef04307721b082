// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "crmvault", path: "..")],
  targets: [
    // What no vault can do without: SQLite and the cipher, in C.
    .target(
      name: "CFloor", cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra"])],
      linkerSettings: [.linkedLibrary("sqlite3"), .linkedLibrary("sodium"), .linkedLibrary("pthread")]),
    .executableTarget(
      name: "models-bench", dependencies: [.product(name: "VaultBench", package: "crmvault")],
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "crmvault-bench", dependencies: ["CFloor", .product(name: "VaultBench", package: "crmvault")],
      swiftSettings: [
        .strictMemorySafety(), .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
      ]),
  ]
)
