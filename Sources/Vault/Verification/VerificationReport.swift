public import AuditLog
public import Sodium

/// What a verification looked at and what it found.
public struct VerificationReport: Sendable {
  /// The most problems that are kept; further ones are counted.
  public static let problemLimit = 1000

  /// How many entries the log has.
  public internal(set) var size: UInt64 = 0
  /// The root of the tree over them, as it was rebuilt.
  public internal(set) var root = MerkleTree.emptyRoot
  /// The restores from backups that the log tells of, in order.
  public internal(set) var restorations: [Restoration] = []
  /// How many entries were checked.
  public internal(set) var checkedEntries = 0
  /// How many checkpoints were checked.
  public internal(set) var checkedCheckpoints = 0
  /// The minimum index: below it entries may be gone under a retention policy.
  public internal(set) var prunedBelow: UInt64 = 0
  /// Of how many entries only the leaf's hash is left.
  public internal(set) var prunedEntries = 0
  /// Of how many entries a part was erased.
  public internal(set) var erasedParts: [Statement.LogPart: Int] = [:]
  /// The head that witnesses have cosigned as the policy demands; nil where no policy was given, or none has.
  public internal(set) var cosigned: TrustPolicy.Verdict?
  /// Of how many entries both sealed parts were opened.
  public internal(set) var openedEntries = 0
  /// How many rows are under the state commitment; nil where it was not recomputed.
  public internal(set) var rows: Int?
  /// How many customers the directory has; nil where it was not checked.
  public internal(set) var customers: UInt64?
  /// How many records were opened; nil where none was to be.
  public internal(set) var openedRecords: Int?
  /// How many slots of blocks were opened.
  public internal(set) var openedSlots = 0
  /// How many customers were left out since they objected to the purpose.
  public internal(set) var sparedCustomers: UInt64 = 0
  /// The data classes whose records were opened.
  public internal(set) var openedClasses: [DataClass] = []
  /// What was found, by entry; the first `problemLimit` of it.
  public private(set) var problems: [Problem] = []
  /// How many problems there are.
  public private(set) var problemCount = 0

  /// Whether nothing was found.
  public var isOK: Bool { problemCount == 0 }

  mutating func report(_ seq: UInt64?, _ code: Problem.Code, _ text: String) {
    report([Problem(seq: seq, code: code, text: text)])
  }

  mutating func report(_ found: some Collection<Problem>) {
    problemCount += found.count
    problems += found.prefix(Self.problemLimit - min(problems.count, Self.problemLimit))
  }

  /// Counts problems that somebody else found and did not keep.
  mutating func count(further: Int) { problemCount += further }

  /// Notes an error that means tampering or damage as a problem; any other one passes.
  mutating func note(_ error: any Error, seq: UInt64? = nil, _ code: Problem.Code) throws {
    guard let text = Self.damage(error) else { throw error }
    report(seq, code, text)
  }

  mutating func sort() {
    problems = problems.enumerated().sorted {
      ($0.element.seq ?? 0, $0.offset) < ($1.element.seq ?? 0, $1.offset)
    }.map(\.element)
  }

  /// What an error says, when it says that something was tampered with or is damaged.
  static func damage(_ error: any Error) -> String? {
    switch error {
    case let error as VaultError where error.code == .integrity: error.reason
    case let error as StoreError where error.code == .corrupt || error.code == .missing: error.reason
    case let error as WardenError where error.code == .integrity || error.code == .erased: error.reason
    case let error as RecordError where VaultError(error).code == .integrity: error.reason
    case let error as LogError where error.code != .inputOutput: error.reason
    case let error as SodiumError where error.code != .outOfMemory: error.reason
    default: nil
    }
  }
}

extension Problem.Code {
  /// A row of the log's tables that does not fit the log.
  public static let row = Self("row")
  /// A sealed part, or a set, that does not open to what its entry says.
  public static let part = Self("part")
  /// An entry whose actor is not who signed its commit.
  public static let actor = Self("actor")
  /// A bulk access whose sets contradict each other.
  public static let bulk = Self("bulk")
  /// The rows under the state commitment are not those that the log's last entry names.
  public static let rows = Self("rows")
  /// The directory of customers, or a row that names a customer.
  public static let directory = Self("directory")
  /// The file of customer keys.
  public static let warden = Self("warden")
  /// A record that does not open or decode.
  public static let record = Self("record")
  /// A block of slots, or a slot that is not what it is made from.
  public static let block = Self("block")
  /// The blind index.
  public static let index = Self("index")
  /// Permission bits that differ from the consents.
  public static let permission = Self("permission")
  /// The list of users, or the policy.
  public static let people = Self("people")
  /// A kept cosignature that does not belong to the log, or does not verify.
  public static let cosignature = Self("cosignature")
  /// The log lacks the cosignatures that the policy demands.
  public static let quorum = Self("quorum")
  /// The vault does not open.
  public static let opening = Self("opening")
}
