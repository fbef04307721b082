/// Where a package's files are.
public enum PackageLayout {
  /// What the package is, for people.
  public static let readme = "README.txt"
  /// The commands of the README, for a shell, openssl and coreutils.
  public static let script = "check.sh"
  /// The log's public key, to be compared with the one that the auditor holds.
  public static let verifierKey = "log.vkey"
  /// The signed checkpoint before the range; not there where the range begins with entry 0.
  public static let start = "checkpoints/start"
  /// The signed checkpoint that the range ends with.
  public static let end = "checkpoints/end"
  /// The tree before the first bundle: a line a full subtree, level and hash in hex, the largest first.
  public static let frontier = "frontier"
  /// The proof of the entry before the first bundle, whose state and statement the first one continues; beside it
  /// `.envelope.json`. Not there where the first bundle begins with entry 0.
  public static let before = "before.tlog-proof"
  /// What is kept how long.
  public static let retention = "retention.txt"
  /// SHA-256 of every other file.
  public static let sums = "SHA256SUMS"

  /// What a file of entries holds: a line an entry, in the exact bytes.
  public enum Lines: String, Sendable, CaseIterable {
    /// Envelopes, of all entries of the bundle up to the end of the range.
    case envelope
    /// *What*, of the entries of the range.
    case what
    /// *Who*, of the entries of the range.
    case who
    /// The checkpoints of the commits that end in this bundle: size, a space, and the note in base64.
    case commits
  }

  /// The file of the bundle that begins with an entry.
  public static func entries(from first: UInt64, _ lines: Lines) -> String {
    "entries/\(padded(first)).\(lines.rawValue)"
  }

  /// The entries before the first bundle that carry a statement, a number a line.
  public static let statements = "governance/index"

  /// The proof of a statement before the range; beside it `.envelope.json`.
  public static func statement(_ seq: UInt64) -> String { "governance/\(padded(seq)).tlog-proof" }

  /// A policy that was in force, by its hash in hex.
  public static func policy(_ hash: String) -> String { "policies/\(hash).yaml" }

  /// A set of customers, by its root in hex: packed form and secret.
  public static func set(_ root: String) -> String { "sets/\(root)" }

  /// A report that was put in.
  public static func report(_ name: String) -> String { "reports/\(name)" }

  /// Twelve digits, so that names sort as numbers.
  static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits
  }
}
