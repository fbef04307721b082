internal import Sodium
internal import Synchronization

extension FileWarden {
  static var damaged: WardenError {
    WardenError(.integrity, "the warden's file: both headers are damaged, or it is no warden's file")
  }

  /// Whether one of the two headers fails its check: a torn write, or changed bytes. For `doctor`.
  package func hasDamagedHeader() throws(WardenError) -> Bool {
    try slots.withLock(exclusive: false) { () throws(WardenError) in
      try Self.pages(of: slots.file).validCount < 2
    }
  }

  /// See ``Warden/head()``.
  public func head() throws(WardenError) -> RememberedHead? {
    try slots.withLock(exclusive: false) { () throws(WardenError) in
      try currentHeader(Self.pages(of: slots.file)).head
    }
  }

  /// See ``Warden/remember(_:)``.
  public func remember(_ head: RememberedHead) throws(WardenError) {
    try slots.withLock(exclusive: true) { () throws(WardenError) in
      var pages = try Self.pages(of: slots.file)
      var header = try currentHeader(pages)
      if let last = header.head {
        guard head.size != last.size || head.root == last.root else {
          throw WardenError(.integrity, "the log was forked: the warden knows another root of the same size")
        }
        guard head.size > last.size else { return }
      }
      header.remember(head)
      do throws(SystemFailure) {
        try pages.write(header.content, to: slots.file)
        try slots.file.synchronizeData()
      } catch { throw WardenError(error) }
    }
  }

  /// The index key of an epoch; looked up in the file once.
  func indexKey(epoch: UInt32) throws(WardenError) -> SharedKey<WardenIndexKeyPurpose> {
    if let known = indexKeys.withLock({ $0[epoch] }) { return known }
    let found = try slots.withLock(exclusive: false) {
      () throws(WardenError) -> SharedKey<WardenIndexKeyPurpose>? in
      let header = try currentHeader(Self.pages(of: slots.file))
      do { return try header.indexKey(epoch: epoch) } catch { throw Self.damaged }
    }
    guard let found else {
      throw WardenError(.configuration, "the warden has no index key of epoch \(epoch)")
    }
    indexKeys.withLock { $0[epoch] = found }
    return found
  }

  /// Both header pages of a file.
  static func pages(of file: PositionedFile) throws(WardenError) -> AlternatingPages {
    var pages = AlternatingPages(magic: magic, version: version)
    do { try pages.read(from: file) } catch { throw WardenError(error) }
    return pages
  }

  /// The newest valid header.
  static func header(of pages: borrowing AlternatingPages) throws(WardenError) -> WardenHeader {
    if let newer = pages.newerVersion {
      throw WardenError(.configuration, "the warden's file has format \(newer); a newer program wrote it")
    }
    guard let content = pages.newest() else { throw damaged }
    return WardenHeader(content: content)
  }

  /// The newest valid header, which must still be that of the file that was opened.
  func currentHeader(_ pages: borrowing AlternatingPages) throws(WardenError) -> WardenHeader {
    let header = try Self.header(of: pages)
    guard header.fileID == fileID, header.vaultID == vaultID.bytes else {
      throw WardenError(.integrity, "the warden's file was replaced while it was open")
    }
    return header
  }
}
