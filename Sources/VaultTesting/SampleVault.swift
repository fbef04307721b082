public import Vault

/// A vault of made-up customers, for tests and benchmarks: one user with every role, and a session for it.
public final class SampleVault: Sendable {
  /// Where the rows lie.
  public let store: any Store
  /// Where the customer keys lie.
  public let warden: FileWarden
  /// The user.
  public let owner: SecretIdentity
  private let clock: any Clock
  private let folder: TemporaryFolder?

  /// Founds a vault in a store.
  ///
  /// - Parameters:
  ///   - store: an empty store.
  ///   - wardenPath: where to make the warden's file, or nil for a temporary folder that goes with this object.
  ///   - settings: the vault's settings.
  ///   - policy: the policy's text.
  public init(
    in store: any Store, wardenPath: String? = nil,
    settings: VaultSettings = VaultSettings(name: "sample", currency: "CNY", zone: "UTC"),
    policy: String = Policy.template, clock: any Clock = SystemClock()
  ) throws {
    self.store = store
    self.clock = clock
    let folder = try wardenPath == nil ? TemporaryFolder() : nil
    self.folder = folder
    let path = wardenPath ?? folder?.file("sample.outer") ?? "sample.outer"
    owner = SecretIdentity.generate(name: "owner")
    let founding = try Founding(
      settings: settings, founder: owner, founderRoles: Set(Role.allCases), grants: [],
      policy: try Policy(parsing: policy))
    var made: FileWarden?
    _ = try founding.found(in: store, clock: clock, origin: "sample") { vault, file in
      let warden = try FileWarden.create(path: path, vaultID: vault, fileID: file)
      made = warden
      return warden
    }
    guard let made else { throw VaultError(.io, "no warden was made") }
    warden = made
  }

  /// A session of the owner.
  ///
  /// - Parameter memory: where the machine keeps what it remembers; nil to remember nothing.
  public func session(as role: Role? = nil, memory: String? = nil) -> Session {
    Session(
      Session.Environment(
        store: store, warden: warden, identity: owner, clock: clock, memoryFolder: memory, ballast: nil,
        origin: "sample"),
      role: role, ticket: nil)
  }

  /// Commits so many entries in one transaction, each a look at one of these customers.
  public func look(_ count: Int, at customers: [Pseudonym], in session: Session) throws {
    try session.writeSampleLooks(count, at: customers)
  }

  /// Writes a bulk read of everybody whose result leaves some out.
  public func run(of universe: UInt64, without: [UInt64], in session: Session) throws {
    try session.writeSampleRun(of: universe, without: without)
  }

  /// How many commits the log has, and how many bytes lie beside it for the sets that its entries name.
  public func logWeight() throws -> (commits: Int, setBytes: Int) {
    try store.read { reader in
      var bytes = 0
      try reader.scan(Schema.subjectSet, prefix: [], range: nil, descending: false) { row in
        if case .blob(let sealed)? = row.values.last { bytes += sealed.count }
        return true
      }
      return (try reader.count(Schema.checkpoint), bytes)
    }
  }

  /// Adds customers with these histories, in transactions of some thousands; returns their pseudonyms.
  @discardableResult
  public func add(_ count: Int, in session: Session? = nil, events: (Int) -> [SampleEvent]) throws
    -> [Pseudonym]
  {
    let session = session ?? self.session()
    var pseudonyms: [Pseudonym] = []
    while pseudonyms.count < count {
      let start = pseudonyms.count
      pseudonyms += try session.addSampleCustomers(min(count - start, 5000)) { index in
        events(start + index).map { ($0.event, $0.product) }
      }
    }
    return pseudonyms
  }

  /// Writes entries to the log as `customer show` does, so many a commit, without showing anything.
  public func addEntries(_ count: Int, group: Int, in session: Session? = nil) throws {
    try (session ?? self.session()).addSampleEntries(count, group: group)
  }
}
