public import Sodium

/// How a log says that it goes on from a backup: an entry whose statement has the type `vault.restore`.
///
/// The entry is the first behind the backup's last checkpoint, at whose size the tree has the root that the statement
/// names. From there on the log has a new name. What was seen of it under the old one beyond that size is left behind by
/// this statement, and by nothing else. Who may make one is for the chain of statements to say.
public struct LogRestoration: Hashable, Sendable {
  /// The type of the statement.
  public static let type = "vault.restore"

  /// The number of the log's new name.
  public let origin: UInt32
  /// The size of the backup's log.
  public let size: UInt64
  /// The root of its tree.
  public let root: Digest32
  /// The latest head that was known and is left behind; nil where none was.
  public let newer: Head?

  /// A head that is left behind.
  public struct Head: Hashable, Sendable {
    /// The number of the log's name then.
    public let origin: UInt32
    /// Its size.
    public let size: UInt64
    /// Its root.
    public let root: Digest32

    /// A head.
    public init(origin: UInt32, size: UInt64, root: Digest32) {
      self.origin = origin
      self.size = size
      self.root = root
    }

    /// Reads the members `origin`, `size` and `root`.
    public init?(_ json: JSONValue) {
      guard let number = json["origin"]?.integer, let origin = UInt32(exactly: number), origin > 0,
        let text = json["size"]?.string, let size = UInt64(canonicalDecimal: Array(text.utf8)[...]), size > 0,
        let root = json["root"]?.string.flatMap({ Digest32(base64: $0.utf8) })
      else { return nil }
      self.init(origin: origin, size: size, root: root)
    }

    /// The members that `init(_:)` reads.
    public var json: JSONObject {
      [
        "origin": .integer(Int64(origin)), "size": .string(String(size)),
        "root": .string(Base64.encode(root.bytes)),
      ]
    }
  }

  /// What a statement says; nil for one of another type, or without its members.
  public init?(_ statement: JSONValue) {
    guard statement["type"]?.string == Self.type, let head = Head(statement), head.origin > 1 else {
      return nil
    }
    origin = head.origin
    size = head.size
    root = head.root
    newer = statement["newer"].flatMap { Head($0) }
  }
}

extension LogVerifier {
  /// Takes in that the log goes on from a backup.
  mutating func restore(_ restoration: LogRestoration, at seq: UInt64) {
    guard restoration.size == seq, restoration.root == tree.root else {
      report(seq, .restore, "the log says that it goes on from a backup of another log than this one")
      return
    }
    if hasEveryCheckpoint, coveredSize != seq {
      report(seq, .restore, "the log goes on from a backup that ends where no checkpoint is")
    }
    let before = LogOrigin(origin)
    let next = LogOrigin(base: before.base, number: restoration.origin)
    guard next.number > before.number else {
      report(seq, .restore, "the log goes on from a backup under a name that it had before")
      return
    }
    guard let current = logKeys.lastIndex(where: { $0.sizes.contains(seq + 1) }),
      let key = try? LogVerifierKey(name: next.text, key: logKeys[current].key.key)
    else {
      report(seq, .restore, "the log goes on from a backup where none of its keys counts")
      return
    }
    origin = next.text
    leaveBehind(restoration)
    // A verification that goes on from later may have been given the keys of the whole chain.
    guard logKeys[current].key != key else { return }
    let first = logKeys[current].sizes.lowerBound
    if first > seq { logKeys.remove(at: current) } else { logKeys[current].sizes = first...seq }
    logKeys.append(TrustedLogKey(key, sizes: (seq + 1)...UInt64.max))
  }

  /// Heads of the log's earlier names beyond the backup are left behind by the statement.
  private mutating func leaveBehind(_ restoration: LogRestoration) {
    let remembered = heads
    heads = []
    for head in remembered {
      let name = LogOrigin(head.origin)
      guard name.base.utf8.elementsEqual(LogOrigin(origin).base.utf8), name.number < restoration.origin else {
        heads.append(head)
        continue
      }
      if let newer = restoration.newer, newer.origin == name.number, newer.size == head.size,
        newer.root != head.root
      {
        report(head.size, .rollback, "the statement of the restore names another head than was seen before")
      }
      superseded.append(head)
    }
  }
}
