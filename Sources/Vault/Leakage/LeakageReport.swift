public import AuditLog

/// What a thief of the vault's file learns without any key, table by table; and of the file of customer keys.
public struct LeakageReport: Sendable {
  /// One table, or one class of the records.
  public struct Place: Sendable {
    /// The table's name; for records with their class behind a slash.
    public let name: String
    /// How many rows it has.
    public internal(set) var rows = 0
    /// Columns that lie in the clear.
    public let clear: [String]
    /// How long the sealed parts are, after padding.
    public internal(set) var sizes = SizeDistribution()
    /// How often rows were written again, where the row says so: the sum of their versions.
    public internal(set) var changes: Int64 = 0
    /// How many customers have a row, where rows belong to customers.
    public internal(set) var customers: Int?
    /// What that tells.
    public let tells: String
  }

  /// The index of identifiers.
  public struct Index: Sendable {
    /// How many entries there are.
    public internal(set) var entries = 0
    /// How many different digests.
    public internal(set) var digests = 0
    /// How many digests lead to more than one customer: it shows that they share an identifier.
    public internal(set) var shared = 0
    /// How many customers have an entry.
    public internal(set) var customers = 0

    /// How many pairs of different identifiers are expected to have one digest: n(n-1)/2 in 2^256.
    public var expectedCollisions: Double {
      let count = Double(digests)
      return count * (count - 1) / 2 / 0x1p256
    }
  }

  /// The log: who did how much and when, but not what.
  public struct Log: Sendable {
    /// Entries by kind, as the envelopes say it.
    public internal(set) var kinds: [String: Int] = [:]
    /// Commits by the key id of the user who signed them.
    public internal(set) var commits: [String: Int] = [:]
    /// Entries by the session that wrote them: the largest of them.
    public internal(set) var largestSession = 0
    /// How many sessions there are.
    public internal(set) var sessions = 0
    /// The first and the last time.
    public internal(set) var first, last: LogTime?
  }

  /// The customers, in the order in which they came.
  public struct Customers: Sendable {
    /// How many were ever there.
    public internal(set) var all = 0
    /// How many were merged into others.
    public internal(set) var merged = 0
    /// How many were erased.
    public internal(set) var erased = 0
    /// In how many batches they came, each with its time in the log.
    public internal(set) var batches = 0
  }

  /// Slots of the file of customer keys, by class.
  public struct Slots: Sendable {
    /// The class.
    public let dataClass: DataClass
    /// Customers who have a key.
    public internal(set) var live = 0
    /// Customers whose key was overwritten.
    public internal(set) var erased = 0
  }

  /// Every table.
  public internal(set) var places: [Place] = []
  /// The index of identifiers.
  public internal(set) var index = Index()
  /// The log.
  public internal(set) var log = Log()
  /// The customers.
  public internal(set) var customers = Customers()
  /// The file of customer keys.
  public internal(set) var slots: [Slots] = []
}

extension Table {
  /// Columns whose bytes are sealed or keyed, so that they say nothing but their length.
  var sealedColumns: [String] {
    columns.map(\.name).filter { ["sealed", "what", "who"].contains($0) }
  }

  /// What the rows of a table tell whoever has no key.
  var tells: String {
    switch name {
    case "person": "names and public keys of the staff"
    case "policy": "every version of the policy, word for word"
    case "key_grant": "which user and role has keys of which class and epoch; no key"
    case "directory":
      "how many customers there are, in which order they came, who was merged or erased; ids are random"
    case "record":
      "which customers have data of the class, how much after padding, and how often it was changed"
    case "blind_index": "how many identifiers there are, and which customers share one; never which one"
    case "permission":
      "the purposes of the policy, and how often decisions of about a thousand customers changed"
    case "import_run": "that an import was begun and not finished, with the number of its rows"
    case "entry":
      "when entries were written, their kind, and whether they belong to one session; length of both parts"
    case "session": "how many sessions there were"
    case "checkpoint": "which user's key signed which commit"
    case "subject_set": "about how many customers a bulk access was about, by its length"
    case "commitment": "nothing"
    case "statement": "who may do what since when, by key id: it is public"
    case "enrolment": "how many customers came at once"
    case "witness": "names and addresses of witnesses"
    case "cosignature": "when witnesses saw the log"
    case "block": "that scores or statistics of about a hundred customers were written, and how often"
    case "score_set": "how many runs were saved, and when"
    case "merge_link": "who was merged into whom, by ordinal"
    case "suppression": "how many identifiers of erased customers are to be recognized again"
    case "erasure_run": "that an erasure is not finished"
    case "request": "how many requests for approval there were, and who asked"
    case "used_approval": "how many approvals were used"
    case "release": "how many releases there were"
    case "budget": "that a privacy budget was spent, and how often"
    default: "the number of rows, their columns in the clear and the length of what is sealed"
    }
  }
}
