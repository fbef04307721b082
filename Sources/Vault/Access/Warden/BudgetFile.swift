internal import Sodium

/// A charge of a privacy budget, as the warden keeps it: exact numbers as texts, and whose budget by a digest.
public struct BudgetCharge: Sendable, Hashable {
  /// The release that it paid for.
  public let release: ReleaseID
  /// The first 16 bytes of BLAKE2b-256 of the vault's id and the recipient's name in lower case.
  public let recipient: [UInt8]
  /// Epsilon, delta and rho: `7/10`.
  public let epsilon, delta, rho: String

  /// A charge.
  public init(release: ReleaseID, recipient: [UInt8], epsilon: String, delta: String, rho: String) {
    self.release = release
    self.recipient = recipient
    self.epsilon = epsilon
    self.delta = delta
    self.rho = rho
  }

  /// The digest of a recipient's name.
  static func digest(ofRecipient name: String, vault: VaultID) -> [UInt8] {
    Array(BLAKE2b.digest256(vault.bytes + Array(name.lowercased().utf8)).bytes.prefix(16))
  }
}

/// The key of the checks in a warden's file of budgets.
enum BudgetCheckPurpose: KeyPurpose {}

/// The privacy budgets that were spent, in a file beside the warden's: what a vault that was rolled back has forgotten.
///
/// Records of 256 bytes, only ever added: release (16), recipient (16), then epsilon, delta (48 each) and rho (96) as
/// length u8 and ASCII, padded with zeros; index u64, 8 zero bytes, and a check of 16 bytes: BLAKE2b-256 under a key
/// that the warden's matching key gives, over the record so far and the check before. A record is never across a
/// sector. A last record that fails its check was torn, and nothing had come of it yet: it is written over.
struct BudgetFile {
  static let recordByteCount = 256
  private static let checkedByteCount = 240
  private static let checkByteCount = 16

  let path: String
  let key: SharedKey<BudgetCheckPurpose>

  /// The charges, in order; none where there is no file yet.
  func charges() throws(WardenError) -> [BudgetCharge] {
    do throws(SystemFailure) { return try read(try PositionedFile.open(path: path)).charges } catch {
      guard error.kind == .missing else { throw Self.failure(error) }
      return []
    }
  }

  /// Adds the charges that are not there, durable on return.
  ///
  /// - Parameter rights: those of the warden's file, which a new file gets too.
  func add(_ charges: [BudgetCharge], rights: UInt32) throws(WardenError) {
    do throws(SystemFailure) {
      let file = try PositionedFile.openOrCreate(path: path)
      let isNew = try file.size() == 0
      if isNew { try file.setAccessRights(rights) }
      try file.withLock(exclusive: true, { $0 }) { () throws(SystemFailure) in
        try append(charges, to: file)
        try file.synchronize()
      }
      if isNew {
        let slash = path.lastIndex(of: "/")
        try PositionedFile.synchronize(
          folder: slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
      }
    } catch { throw Self.failure(error) }
  }

  private func append(_ charges: [BudgetCharge], to file: PositionedFile) throws(SystemFailure) {
    var (known, check) = try read(file)
    let present = Set(known.map(\.release))
    for charge in charges where !present.contains(charge.release) {
      let record = try self.record(charge, index: known.count, after: check)
      check = Array(record.suffix(Self.checkByteCount))
      try unsafe record.withUnsafeBufferPointer { (bytes) throws(SystemFailure) in
        try unsafe file.write(UnsafeRawBufferPointer(bytes), at: UInt64(known.count * Self.recordByteCount))
      }
      known.append(charge)
    }
  }

  private func read(_ file: PositionedFile) throws(SystemFailure) -> (charges: [BudgetCharge], check: [UInt8])
  {
    let count = Int(try file.size()) / Self.recordByteCount
    var charges: [BudgetCharge] = []
    var check = [UInt8](repeating: 0, count: Self.checkByteCount)
    for index in 0..<count {
      var record = [UInt8](repeating: 0, count: Self.recordByteCount)
      try unsafe record.withUnsafeMutableBufferPointer { (buffer) throws(SystemFailure) in
        try unsafe file.read(
          into: UnsafeMutableRawBufferPointer(buffer), at: UInt64(index * Self.recordByteCount))
      }
      guard Array(record.suffix(Self.checkByteCount)) == self.check(record, after: check),
        let charge = Self.charge(record)
      else {
        // The last one may have been torn; what lies before others was changed.
        guard index == count - 1 else { throw SystemFailure(attempt: Self.changed, number: 0) }
        break
      }
      check = Array(record.suffix(Self.checkByteCount))
      charges.append(charge)
    }
    return (charges, check)
  }

  private static let changed = "a record of spent budgets does not verify"

  private static func failure(_ failure: SystemFailure) -> WardenError {
    failure.attempt == changed
      ? WardenError(.integrity, "the warden's file of budgets: \(changed)") : WardenError(failure)
  }

  private func check(_ record: [UInt8], after previous: [UInt8]) -> [UInt8] {
    Array(
      BLAKE2b.keyed256(key: key.key, Array(record.prefix(Self.checkedByteCount)) + previous).bytes.prefix(
        Self.checkByteCount))
  }

  private func record(_ charge: BudgetCharge, index: Int, after previous: [UInt8]) throws(SystemFailure)
    -> [UInt8]
  {
    var record = charge.release.bytes + charge.recipient
    for (text, room) in [(charge.epsilon, 48), (charge.delta, 48), (charge.rho, 96)] {
      let bytes = Array(text.utf8)
      guard bytes.count < room else {
        throw SystemFailure(attempt: "a charge has too many digits", number: 0)
      }
      record.append(UInt8(bytes.count))
      record += bytes + [UInt8](repeating: 0, count: room - 1 - bytes.count)
    }
    record.appendBigEndian(UInt64(index))
    record += [UInt8](repeating: 0, count: Self.checkedByteCount - record.count)
    return record + check(record, after: previous)
  }

  private static func charge(_ record: [UInt8]) -> BudgetCharge? {
    guard let release = ReleaseID(record[0..<16]) else { return nil }
    func text(_ start: Int, _ room: Int) -> String? {
      let count = Int(record[start])
      return count < room ? String(decoding: record[start + 1..<start + 1 + count], as: UTF8.self) : nil
    }
    guard let epsilon = text(32, 48), let delta = text(80, 48), let rho = text(128, 96) else { return nil }
    return BudgetCharge(
      release: release, recipient: Array(record[16..<32]), epsilon: epsilon, delta: delta, rho: rho)
  }
}

extension FileWarden {
  private var budgets: BudgetFile {
    let base = path.hasSuffix(".outer") ? String(path.dropLast(6)) : path
    let label = Array("crmvault/budget/check/v1".utf8)
    return BudgetFile(path: base + ".budget", key: SharedKey(BLAKE2b.derive(from: matchingKey, label.span)))
  }

  /// See ``Warden/budgetCharges()``.
  public func budgetCharges() throws(WardenError) -> [BudgetCharge] { try budgets.charges() }

  /// See ``Warden/charge(_:)``.
  public func charge(_ charges: [BudgetCharge]) throws(WardenError) {
    let rights: UInt32
    do { rights = try slots.file.accessRights() } catch { throw WardenError(error) }
    try budgets.add(charges, rights: rights)
  }
}
