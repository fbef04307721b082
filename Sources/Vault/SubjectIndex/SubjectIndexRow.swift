internal import AuditLog
internal import Sodium

/// An entry that names a customer, as the index keeps it: pseudonym (16) ‖ seq u64 ‖ leaf (16).
struct DirectRow {
  static let byteCount = 16 + PointerBytes.count

  let pseudonym: Pseudonym
  let pointer: LogPointer

  /// The rows of an entry: one for each customer that it names, none where it names nobody.
  static func rows(_ entry: LogEntry) -> [DirectRow] {
    entry.what.namedCustomers.compactMap { Pseudonym($0) }.map {
      DirectRow(pseudonym: $0, pointer: LogPointer(entry))
    }
  }

  func append(to bytes: inout [UInt8]) {
    bytes += pseudonym.bytes
    PointerBytes.append(pointer, to: &bytes)
  }
}

/// An entry that names a set of customers: phase u8 (0 none, 1 intent, 2 result) ‖ everybody u8 ‖ universe u64 ‖
/// ref u64 (all ones: none) ‖ session u64 ‖ root (32) ‖ hash of the sealed set (16) ‖ seq u64 ‖ leaf (16).
struct SetRow {
  static let byteCount = 2 + 3 * 8 + 32 + LogPointer.hashByteCount + PointerBytes.count

  let phase: UInt8
  /// Whether the set is everybody below its universe: then nothing has to be opened to know who is in it.
  let isEverybody: Bool
  let universe: UInt64
  let ref: UInt64?
  let session: UInt64
  /// The set's root: where its row is found.
  let root: [UInt8]
  /// The first 16 bytes of BLAKE2b-256 of the sealed set, which was opened and held against its root.
  let sealed: [UInt8]
  let pointer: LogPointer

  var isIntent: Bool { phase == 1 }
  var isResult: Bool { phase == 2 }

  /// The row of an entry whose set was checked.
  init(_ entry: LogEntry, _ set: SetReference, session: Int64, sealed: [UInt8]) {
    phase =
      switch entry.what.phase {
      case .intent: 1
      case .result: 2
      case nil: 0
      }
    isEverybody = set.count == set.universe
    universe = set.universe
    ref = entry.what.ref
    self.session = UInt64(bitPattern: session)
    root = set.root.bytes
    self.sealed = sealed
    pointer = LogPointer(entry)
  }

  init(_ reader: inout IndexBytes) throws(VaultError) {
    phase = UInt8(truncatingIfNeeded: try reader.number(1))
    isEverybody = try reader.number(1) == 1
    universe = try reader.number(8)
    let ref = try reader.number(8)
    self.ref = ref == .max ? nil : ref
    session = try reader.number(8)
    root = try reader.bytes(32)
    sealed = try reader.bytes(LogPointer.hashByteCount)
    pointer = try PointerBytes.read(&reader)
  }

  func append(to bytes: inout [UInt8]) {
    bytes += [phase, isEverybody ? 1 : 0]
    bytes.appendBigEndian(universe)
    bytes.appendBigEndian(ref ?? .max)
    bytes.appendBigEndian(session)
    bytes += root
    bytes += sealed
    PointerBytes.append(pointer, to: &bytes)
  }

  /// The hash under which a sealed set is kept.
  static func hash(_ sealed: [UInt8]) -> [UInt8] {
    Array(BLAKE2b.digest256(sealed).bytes.prefix(LogPointer.hashByteCount))
  }
}

/// How the index writes a pointer.
enum PointerBytes {
  static let count = 8 + LogPointer.hashByteCount

  static func append(_ pointer: LogPointer, to bytes: inout [UInt8]) {
    bytes.appendBigEndian(pointer.seq)
    bytes += pointer.leaf
  }

  static func read(_ reader: inout IndexBytes) throws(VaultError) -> LogPointer {
    LogPointer(seq: try reader.number(8), leaf: try reader.bytes(LogPointer.hashByteCount))
  }
}

/// Reads the fields of a segment in order.
struct IndexBytes {
  private let source: [UInt8]
  private(set) var position = 0

  init(_ source: [UInt8]) { self.source = source }

  var isAtEnd: Bool { position == source.count }

  mutating func number(_ count: Int) throws(VaultError) -> UInt64 {
    try slice(count).reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func bytes(_ count: Int) throws(VaultError) -> [UInt8] { Array(try slice(count)) }

  mutating func slice(_ count: Int) throws(VaultError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= source.count - position else {
      throw VaultError(.integrity, "the index of accesses is malformed")
    }
    position += count
    return source[(position - count)..<position]
  }
}
