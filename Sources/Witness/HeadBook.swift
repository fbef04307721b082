public import AuditLog
internal import Glibc
internal import Sodium
internal import Synchronization

/// What a witness remembers: the last head that it cosigned for each log, and what it keeps as evidence.
///
/// A head is synced to disk before `remember` returns, and so before it is answered: whoever has a cosignature can count
/// on it. One process at a time has the book, by a lock on its folder.
///
/// | file | what |
/// |---|---|
/// | `heads/H.note` | the last cosigned checkpoint of a log, with the log's line and the witness's; H = SHA-256 of the origin, hex |
/// | `evidence/H/fork-SIZE-ROOT/` | `seen` and `offered`: two notes by which the log signed two roots for one size |
/// | `evidence/H/unproved-SIZE-ROOT/` | as above: a larger head of which it was not shown that it continues the one that was seen |
public final class HeadBook: Sendable {
  static let headsFolder = "heads"
  static let evidenceFolder = "evidence"
  private static let noteLimit = AddCheckpointRequest.byteLimit
  /// The most pieces of evidence of each kind that are kept for a log: who has its key could fill the disk.
  public static let evidenceLimit = 256

  /// A head that is remembered.
  public struct Head: Sendable, Hashable {
    /// The head.
    public let checkpoint: Checkpoint
    /// The note with the log's signature and the witness's.
    public let note: SignedNote
    /// When it was cosigned, in POSIX seconds.
    public let time: UInt64
  }

  private let folder: StateFolder
  private let lock: CInt
  private let heads: Mutex<[String: Head]>

  /// Opens the book of a witness, and holds every head in it against the witness's own key.
  ///
  /// - Throws: `busy` while another process has it; `integrity` for a head that was damaged or changed: a witness does
  ///   not go on with less than it had seen.
  public init(folder path: String, witness: LogVerifierKey) throws(WitnessError) {
    folder = StateFolder(path: path)
    lock = try folder.lock()
    var found: [String: Head] = [:]
    do throws(WitnessError) {
      for name in try folder.names(in: Self.headsFolder) {
        let head = try Self.head(name, folder, witness)
        found[head.checkpoint.origin] = head
      }
    } catch {
      close(lock)
      throw error
    }
    heads = Mutex(found)
  }

  deinit { close(lock) }

  /// The hash by which a log is named in files and addresses.
  public static func hash(ofOrigin origin: String) -> String { SHA256.hash(Array(origin.utf8)).hex }

  /// The last head of a log, or nil.
  public func head(of origin: String) -> Head? { heads.withLock { $0[origin] } }

  /// Every log's last head, by origin.
  public var all: [Head] {
    heads.withLock { $0.values.sorted { $0.checkpoint.origin < $1.checkpoint.origin } }
  }

  /// Remembers a head; returns when it is durable.
  func remember(_ head: Head) throws(WitnessError) {
    let origin = head.checkpoint.origin
    try folder.write(head.note.bytes, to: "\(Self.headsFolder)/\(Self.hash(ofOrigin: origin)).note")
    heads.withLock { $0[origin] = head }
  }

  /// Keeps what a refused request shows, once for each head that was offered.
  ///
  /// - Returns: whether it is new.
  func keep(_ evidence: WitnessRule.Evidence, offered: SignedNote, of checkpoint: Checkpoint, seen: Head?)
    throws(WitnessError) -> Bool
  {
    let place = "\(Self.evidenceFolder)/\(Self.hash(ofOrigin: checkpoint.origin))"
    let root = Hex.encode(checkpoint.root.bytes.prefix(8))
    let name = "\(evidence.rawValue)-\(checkpoint.size)-\(root)"
    try folder.makeFolder(place)
    let kept = try folder.names(in: place).filter { $0.hasPrefix(evidence.rawValue) }
    guard !kept.contains(name), kept.count < Self.evidenceLimit else { return false }
    var files: [(name: String, bytes: [UInt8])] = [("offered", offered.bytes)]
    if let seen { files.append(("seen", seen.note.bytes)) }
    return try folder.writeFolder(files, to: "\(place)/\(name)")
  }

  /// The names of what is kept as evidence against a log.
  public func evidence(of origin: String) throws(WitnessError) -> [String] {
    try folder.names(in: "\(Self.evidenceFolder)/\(Self.hash(ofOrigin: origin))")
  }

  private static func head(
    _ name: String, _ folder: StateFolder, _ witness: LogVerifierKey
  ) throws(WitnessError) -> Head {
    let file = "\(headsFolder)/\(name)"
    guard let bytes = try folder.read(file, limit: noteLimit) else {
      throw WitnessError(.io, "\(folder.path)/\(file) went away")
    }
    do throws(LogError) {
      let note = try SignedNote(parsing: bytes)
      let checkpoint = try Checkpoint(parsing: note.text)
      guard let time = try note.verify(against: [witness]).compactMap(\.time).max(),
        name == hash(ofOrigin: checkpoint.origin) + ".note"
      else { throw LogError(.inconsistent, "it is of another log") }
      return Head(checkpoint: checkpoint, note: note, time: time)
    } catch {
      throw WitnessError(
        .integrity, "the head in \(folder.path)/\(file) was damaged or changed: \(error.reason)")
    }
  }
}

extension Digest32 {
  /// 64 lower-case hex digits.
  var hex: String { Hex.encode(bytes) }
}
