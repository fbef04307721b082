internal import AuditLog
internal import Sodium

/// The durable cursor of a reading that goes on: two pages that are written in place by turns and synced, so that a torn
/// write leaves the one before.
///
/// A page is that of `AlternatingPages.swift` (magic `crmvault/follows` , version 1) with the content vault id (16) ‖
/// length of the output u64 ‖ inode of the output u64 ‖ compact range (size u64, peaks).
public final class FollowFile {
  private static let magic: StaticString = "crmvault/follows"
  private static let version: UInt16 = 1

  /// What the cursor tells: how far the log was read, and how long the output was then.
  public struct Mark: Sendable {
    /// How far the log was read.
    public let cursor: LogCursor
    /// The length of the output file in bytes; 0 for an output that has none.
    public let length: UInt64
    /// The inode of the output file; 0 for an output that has none.
    public let inode: UInt64

    /// A mark of these parts.
    public init(cursor: LogCursor, length: UInt64, inode: UInt64) {
      self.cursor = cursor
      self.length = length
      self.inode = inode
    }
  }

  private let file: PositionedFile
  private let path: String

  /// The cursor file at a path, made where it is missing.
  public init(path: String) throws {
    self.path = path
    do throws(SystemFailure) {
      if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
        try PositionedFile.makeFolder(String(path[..<slash]))
      }
      file = try PositionedFile.openOrCreate(path: path)
    } catch { throw Self.translate(error, path) }
  }

  /// Runs `body` while no other reading uses the cursor.
  public func exclusively<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try file.withLock(exclusive: true, { $0 as any Error }) { () throws(any Error) in try body() }
    } catch let failure as SystemFailure { throw Self.translate(failure, path) }
  }

  /// The mark that was stored last, or nil for a new file.
  ///
  /// - Throws: `.integrity` where the file is damaged or no cursor: guessing would lose entries or repeat them.
  public func load() throws -> Mark? {
    let pages = try pages()
    guard let content = pages.newest() else {
      if pages.isBlank { return nil }
      throw damaged
    }
    let size: UInt64 = content.integer(at: 32)
    guard let vault = VaultID(content.copy(0..<16)), size.nonzeroBitCount <= 64,
      let tree = try? CompactRange(decoding: content.copy(32..<40 + 32 * size.nonzeroBitCount))
    else { throw damaged }
    return Mark(
      cursor: LogCursor(vault: vault, tree: tree), length: content.integer(at: 16),
      inode: content.integer(at: 24))
  }

  /// Stores a mark and makes it durable.
  public func store(_ mark: Mark) throws {
    let range = mark.cursor.tree.encoded
    var content = WipedPage(count: 32 + range.count)
    content.put(mark.cursor.vault.bytes, at: 0)
    content.put(mark.length, at: 16)
    content.put(mark.inode, at: 24)
    content.put(range, at: 32)
    var pages = try pages()
    do throws(SystemFailure) {
      try pages.write(content, to: file)
      try file.synchronizeData()
    } catch { throw Self.translate(error, path) }
  }

  private func pages() throws -> AlternatingPages {
    var pages = AlternatingPages(magic: Self.magic, version: Self.version)
    do { try pages.read(from: file) } catch { throw Self.translate(error, path) }
    return pages
  }

  private var damaged: VaultError {
    VaultError(
      .integrity, "\(path) is damaged or no cursor",
      hint: "look at what arrived last, then begin anew with another --cursor")
  }

  private static func translate(_ failure: SystemFailure, _ path: String) -> VaultError {
    let code: VaultError.Code =
      switch failure.kind {
      case .full: .full
      case .busy: .busy
      case .denied, .notAFile, .exists: .configuration
      case .missing, .other: .io
      }
    return VaultError(
      code, "\(path): \(failure)", hint: failure.kind == .busy ? "does another 'audit follow' use it?" : nil)
  }
}
