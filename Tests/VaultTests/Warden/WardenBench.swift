import AuditLog
import Glibc
import Sodium
import Testing
import VaultTesting

@testable import Vault

/// A vault's warden in a folder of its own, and a hand that can change its file behind its back.
struct WardenBench {
  let folder: TemporaryFolder
  let vaultID: VaultID
  let warden: FileWarden

  init(vault: UInt8 = 7) throws {
    folder = try TemporaryFolder()
    vaultID = try #require(VaultID([UInt8](repeating: vault, count: 16)))
    warden = try FileWarden.create(
      path: folder.file("vault.outer"), vaultID: vaultID, fileID: SecureRandom.bytes(16))
  }

  var path: String { folder.file("vault.outer") }
  var file: FileBytes { FileBytes(path: path) }

  func reopened() throws(WardenError) -> FileWarden { try FileWarden.open(path: path) }
}

/// A file's bytes, changed in place.
struct FileBytes {
  let path: String

  func all() throws -> [UInt8] {
    let file = try PositionedFile.open(path: path)
    return try read(0..<Int(try file.size()))
  }

  func read(_ range: Range<Int>) throws -> [UInt8] {
    let file = try PositionedFile.open(path: path)
    var bytes = [UInt8](repeating: 0, count: range.count)
    try unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(into: $0, at: UInt64(range.lowerBound)) }
    return bytes
  }

  func write(_ bytes: [UInt8], at offset: Int) throws {
    let file = try PositionedFile.open(path: path)
    try unsafe bytes.withUnsafeBytes { try unsafe file.write($0, at: UInt64(offset)) }
  }

  func replace(by bytes: [UInt8]) throws {
    try cut(to: 0)
    try write(bytes, at: 0)
  }

  func cut(to size: Int) throws { try #require(unsafe truncate(path, size) == 0) }

  func setMode(_ mode: mode_t) throws { try #require(unsafe chmod(path, mode) == 0) }

  func mode() throws -> mode_t {
    var status = stat()
    try #require(unsafe stat(path, &status) == 0)
    return status.st_mode & 0o777
  }
}

extension AccessReceipt {
  /// A receipt as the gate would mint it.
  static func sample(
    _ classes: Set<DataClass> = Set(DataClass.allCases), subjects: SubjectScope = .none,
    maySearch: Bool = false, mayEnrol: Bool = false
  ) -> AccessReceipt {
    AccessReceipt(
      mintedFor: 1, classes: classes, subjects: subjects, maySearch: maySearch, mayEnrol: mayEnrol)
  }
}

extension SubjectSet {
  static func of(_ ordinals: some Sequence<UInt64>, universe: UInt64 = 10_000) throws -> SubjectSet {
    var set = try SubjectSet(universe: universe)
    for ordinal in ordinals { try set.insert(ordinal) }
    return set
  }
}

extension RememberedHead {
  /// A head of this size with a root of this byte.
  static func sample(_ size: UInt64, root: UInt8 = 1) throws -> RememberedHead {
    let digest = try #require(Digest32([UInt8](repeating: root, count: 32)))
    let range = [UInt8](repeating: root, count: size.nonzeroBitCount * 32)
    return try #require(RememberedHead(size: size, root: digest, compactRange: range))
  }
}

extension Key {
  /// The key's bytes, which a test may see.
  borrowing func revealed() -> [UInt8] { withBytes { span in span.indices.map { span[$0] } } }
}

/// The code of the error that `body` throws, or nil.
func thrown(_ body: () throws -> Void) -> WardenError.Code? {
  do { try body() } catch let error as WardenError { return error.code } catch {
    Issue.record(error)
  }
  return nil
}

extension Warden {
  /// A customer's key bytes, for a receipt that names just that.
  func revealed(_ dataClass: DataClass, _ ordinal: UInt64) throws(WardenError) -> [UInt8] {
    let receipt = AccessReceipt.sample([dataClass], subjects: .one(ordinal))
    return try key(of: dataClass, ordinal: ordinal, for: receipt).revealed()
  }

  /// Enrols for all classes.
  @discardableResult
  func enrolSample(
    _ ordinals: [UInt64], classes: [DataClass] = DataClass.allCases
  ) throws(WardenError) -> EnrolledKeys {
    try enrol(ordinals, classes: classes, for: .sample(mayEnrol: true))
  }
}
