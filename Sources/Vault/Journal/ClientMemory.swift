internal import Sodium

/// What this user's machine remembers of a vault: the last head of its log that it saw.
///
/// One file a vault, `<vault id>.head`, of two pages that are written in place by turns: no rename, no sync. After
/// a power cut it may be older, which makes the check weaker and never wrong. A page is that of
/// `AlternatingPages.swift` with the vault id (16) and a `HeadRecord` as its content.
public struct ClientMemory: Sendable {
  private static let magic: StaticString = "crmvault/memory\n"
  private static let version: UInt16 = 1

  private let folder: String
  private let vaultID: VaultID

  /// The memory of a vault in a folder, which is made when it is first needed.
  public init(folder: String, vaultID: VaultID) {
    self.folder = folder
    self.vaultID = vaultID
  }

  /// The file's path.
  public var path: String { "\(folder)/\(vaultID).head" }

  /// The last head that was stored, or nil when there is none.
  ///
  /// A torn newest page gives the one before; nil as well when both are damaged: see ``wasDamaged()``.
  public func load() throws(VaultError) -> RememberedHead? {
    guard let file = try existingFile() else { return nil }
    return try file.withLock(exclusive: false, Self.translate) { () throws(VaultError) in
      head(in: try pages(of: file))
    }
  }

  /// Whether there is a file, but nothing in it can be trusted.
  public func wasDamaged() throws(VaultError) -> Bool {
    guard let file = try existingFile() else { return false }
    return try file.withLock(exclusive: false, Self.translate) { () throws(VaultError) in
      let pages = try pages(of: file)
      return head(in: pages) == nil && !pages.isBlank
    }
  }

  /// Remembers a head, if it is larger than the one that is remembered. A damaged file is written anew.
  public func store(_ head: RememberedHead) throws(VaultError) {
    let file: PositionedFile
    do throws(SystemFailure) {
      try PositionedFile.makeFolder(folder)
      file = try PositionedFile.openOrCreate(path: path)
    } catch { throw Self.translate(error) }
    try file.withLock(exclusive: true, Self.translate) { () throws(VaultError) in
      var pages = try pages(of: file)
      if let last = self.head(in: pages), !head.isLater(than: last) { return }
      var content = WipedPage(count: 16 + HeadRecord.byteCount)
      content.put(vaultID.bytes, at: 0)
      HeadRecord.write(head, to: &content, at: 16)
      do throws(SystemFailure) { try pages.write(content, to: file) } catch { throw Self.translate(error) }
    }
  }

  private func existingFile() throws(VaultError) -> PositionedFile? {
    do { return try PositionedFile.open(path: path) } catch {
      if error.kind == .missing { return nil }
      throw Self.translate(error)
    }
  }

  private func pages(of file: PositionedFile) throws(VaultError) -> AlternatingPages {
    var pages = AlternatingPages(magic: Self.magic, version: Self.version)
    do { try pages.read(from: file) } catch { throw Self.translate(error) }
    return pages
  }

  private func head(in pages: borrowing AlternatingPages) -> RememberedHead? {
    guard let content = pages.newest(), content.copy(0..<16) == vaultID.bytes else { return nil }
    return HeadRecord.read(from: content, at: 16)
  }

  private static func translate(_ failure: SystemFailure) -> VaultError {
    let code: VaultError.Code =
      switch failure.kind {
      case .full: .full
      case .busy: .busy
      case .denied, .notAFile, .exists: .configuration
      case .missing, .other: .io
      }
    return VaultError(code, "what this machine remembers of the vault: \(failure)")
  }
}
