import Testing

/// The walls between the rooms, as `docs/design.md` draws them. The compiler keeps them for Swift targets only
/// while nobody adds a dependency, and not at all for C modules: any target may import one that another declares.
@Suite("Imports")
struct ImportTests {
  /// What each room may import, the standard library aside. Nothing points up.
  static let allowed: [String: Set<String>] = [
    "Sodium": ["CSodium", "Glibc"],
    "AuditLog": ["Sodium", "Glibc"],
    "Scoring": [],
    "Anonymization": [],
    "DisclosureRisk": ["Glibc"],
    "Page": [],
    "Release": ["Anonymization", "DisclosureRisk", "Ingest", "Page", "Yams"],
    "Ingest": ["CCSV", "Glibc", "Yams"],
    "Vault": [
      "AuditLog", "Anonymization", "CPhoneNumber", "Foundation", "Glibc", "Scoring", "Sodium",
      "Synchronization",
      "Yams",
    ],
    "VaultSQLite": ["AuditLog", "GRDB", "GRDBSQLite", "Glibc", "Sodium", "Vault"],
    "VaultTesting": ["AuditLog", "Dispatch", "Glibc", "Sodium", "Synchronization", "Vault"],
    "crmvault": [
      "Anonymization", "ArgumentParser", "AuditLog", "CProcess", "DisclosureRisk", "Dispatch", "Foundation",
      "Glibc", "Ingest", "Page", "Release", "Scoring", "Sodium", "Synchronization", "Vault", "VaultSQLite",
      "Witness",
    ],
    "Witness": [
      "AuditLog", "Glibc", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "Sodium", "Synchronization",
    ],
    "DemoData": ["Glibc"],
  ]

  /// What stands for Glibc on other systems.
  static let otherCLibraries: Set = ["Darwin", "Musl"]

  /// Modules that one room alone may import, and the tests of that room.
  static let owners = [
    "CSodium": "Sodium", "CCSV": "Ingest", "CPhoneNumber": "Vault", "CProcess": "crmvault",
    "GRDB": "VaultSQLite",
    "GRDBSQLite": "VaultSQLite", "ArgumentParser": "crmvault",
    // The network: no room that knows a vault speaks it.
    "NIOCore": "Witness", "NIOPosix": "Witness", "NIOHTTP1": "Witness", "NIOSSL": "Witness",
  ]

  @Test("every room imports only what the design lets it use")
  func roomsImportOnlyWhatTheyMay() throws {
    let files = try SourceTree.sources.get()
    #expect(!files.isEmpty)
    for file in files {
      let allowed = try #require(
        Self.allowed[file.room], "\(file.room) is a new room: write down here what it may import")
      let platform = allowed.contains("Glibc") ? Self.otherCLibraries : []
      let surplus = file.imports.subtracting(allowed).subtracting(platform).sorted()
      #expect(surplus.isEmpty, "\(file.path) imports \(surplus), and \(file.room) may not")
    }
  }

  @Test("scoring and anonymization import nothing", arguments: ["Scoring", "Anonymization"])
  func pureRoomsImportNothing(room: String) throws {
    let files = try SourceTree.sources.get().filter { $0.room == room }
    #expect(files.allSatisfy { $0.imports.isEmpty })
  }

  @Test("ingest knows no vault and no keys")
  func ingestImportsNoVault() throws {
    let files = try SourceTree.sources.get().filter { $0.room == "Ingest" }
    #expect(!files.isEmpty)
    let forbidden: Set = ["Sodium", "CSodium", "AuditLog", "Vault", "VaultSQLite"]
    #expect(files.allSatisfy { $0.imports.isDisjoint(with: forbidden) })
  }

  @Test(
    "a C library, the database and the argument parser have one room each", arguments: owners.keys.sorted())
  func librariesHaveOneRoom(module: String) throws {
    let owner = try #require(Self.owners[module])
    let files = try SourceTree.sources.get() + SourceTree.tests.get()
    let strangers = files.filter {
      $0.imports.contains(module) && $0.room != owner && $0.room != owner + "Tests"
    }
    #expect(strangers.map(\.path) == [])
  }

  @Test("no room imports one that leads back to it")
  func roomsFormNoCycle() {
    func reach(_ room: String, _ seen: inout Set<String>) {
      for next in Self.allowed[room] ?? [] where Self.allowed[next] != nil && seen.insert(next).inserted {
        reach(next, &seen)
      }
    }
    for room in Self.allowed.keys {
      var seen: Set<String> = []
      reach(room, &seen)
      #expect(!seen.contains(room), "\(room) leads back to itself")
    }
  }

  @Test(
    "an import is seen however it is written",
    arguments: [
      "import A", "  import A", "public import A", "@testable import A", "@_exported public import A",
      "@preconcurrency import struct A.B", "internal import func A.b // why", "import B; import A",
      "import `A`",
      "#if os(Linux)\nimport A\n#endif", "\timport\tA", "import class A.B.C\r\nlet x = 1",
    ])
  func importsAreSeen(text: String) {
    #expect(SourceTree.imports(of: text).contains("A"))
  }

  @Test(
    "what only looks like an import is none",
    arguments: [
      "// import A", "/// public import A", "/*\nimport A\n*/", "let text = \"\"\"\n  import A\n  \"\"\"",
      "the import A", "importA", "let x = \"import A\"",
    ])
  func lookalikesAreNone(text: String) {
    #expect(SourceTree.imports(of: text).isEmpty)
  }
}
