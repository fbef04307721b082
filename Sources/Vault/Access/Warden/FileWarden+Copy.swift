internal import Glibc
internal import Sodium

extension FileWarden {
  /// Copies the file, as it is at one moment, to a temporary name beside `path`, and verifies the copy.
  ///
  /// - Throws: `.exists` where something else than a copy of this file is at `path`; `.integrity` where that copy has
  ///   seen a later log than this file, or the new one does not verify.
  func draftCopy(at path: String) throws(WardenError) -> WardenCopyDraft {
    let previous = try previousCopy(at: path)
    let temporary = "\(path).new-\(getpid())"
    let copy: PositionedFile
    do { copy = try PositionedFile.create(path: temporary) } catch { throw WardenError(error) }
    do throws(WardenError) {
      let head = try slots.withLock(exclusive: false) { () throws(WardenError) -> RememberedHead? in
        do throws(SystemFailure) {
          try slots.file.copyContents(to: copy)
          try copy.synchronize()
        } catch { throw WardenError(error) }
        return try Self.header(of: Self.pages(of: slots.file)).head
      }
      if let previous, let last = try Self.header(of: Self.pages(of: previous)).head,
        last.isLater(than: head)
      {
        throw WardenError(
          .integrity,
          "the copy at \(path) has seen a later log than the file itself: an old file was put in its place")
      }
      let opened = try FileWarden.open(path: temporary)
      try opened.verify(vaultID: vaultID, fileID: fileID)
      try opened.verifyEverySlot()
      let byteCount: UInt64
      do { byteCount = try copy.size() } catch { throw WardenError(error) }
      return WardenCopyDraft(
        path: path, temporary: temporary, previous: previous, head: head, byteCount: byteCount)
    } catch {
      PositionedFile.remove(path: temporary)
      throw error
    }
  }

  /// The copy that lies there; nil where nothing does.
  private func previousCopy(at path: String) throws(WardenError) -> PositionedFile? {
    let file: PositionedFile
    do throws(SystemFailure) { file = try PositionedFile.open(path: path) } catch {
      if error.kind == .missing { return nil }
      throw WardenError(error)
    }
    let header: WardenHeader
    do { header = try Self.header(of: Self.pages(of: file)) } catch {
      throw WardenError(.exists, "\(path) is there and is no copy of this vault's file of customer keys")
    }
    guard header.fileID == fileID, header.vaultID == vaultID.bytes else {
      throw WardenError(.exists, "\(path) is the file of customer keys of another vault")
    }
    let isItself: Bool
    do throws(SystemFailure) { isItself = try file.isSame(as: slots.file) } catch { throw WardenError(error) }
    // The file itself under another name would be overwritten.
    guard !isItself else {
      throw WardenError(.configuration, "\(path) is the file of customer keys itself")
    }
    return file
  }

  /// Reads every slot and holds it against its check.
  func verifyEverySlot() throws(WardenError) {
    let end = try highestOrdinal().map { $0 + 1 } ?? 0
    for dataClass in DataClass.allCases {
      var first: UInt64 = 0
      while first < end {
        let next = min(first + UInt64(CustomerKeys.capacity), end)
        _ = try slotStates(of: dataClass, in: first..<next)
        first = next
      }
    }
  }
}

/// A copy of a warden's file that was verified and has a temporary name: it gets its own, or is removed.
final class WardenCopyDraft {
  /// The head that the copy knows.
  let head: RememberedHead?
  /// Its length.
  let byteCount: UInt64
  /// Whether it takes the place of an earlier copy.
  var replacesCopy: Bool { previous != nil }

  private let path: String
  private let temporary: String
  private let previous: PositionedFile?
  private var isPublished = false

  init(path: String, temporary: String, previous: PositionedFile?, head: RememberedHead?, byteCount: UInt64) {
    self.path = path
    self.temporary = temporary
    self.previous = previous
    self.head = head
    self.byteCount = byteCount
  }

  deinit { if !isPublished { PositionedFile.remove(path: temporary) } }

  /// Puts the copy in place, durably, and then overwrites the one before: it may hold keys that were erased since.
  func publish() throws(WardenError) {
    do throws(SystemFailure) {
      try PositionedFile.rename(temporary, to: path)
      isPublished = true
      try PositionedFile.synchronize(folder: FileWarden.folder(of: path))
      try previous?.overwriteContents()
    } catch { throw WardenError(error) }
  }
}

extension PositionedFile {
  private static let copyByteCount = 1 << 17

  /// Copies all bytes; what is zero stays a hole.
  func copyContents(to copy: PositionedFile) throws(SystemFailure) {
    try visitContents { (page, range, offset) throws(SystemFailure) in
      try copy.write(page, range, at: offset)
    }
    try copy.truncate(to: size())
  }

  /// Writes zeros over everything that is not zero, in place, durably.
  func overwriteContents() throws(SystemFailure) {
    let zeros = WipedPage(count: Self.copyByteCount)
    try visitContents { (_, range, offset) throws(SystemFailure) in try write(zeros, range, at: offset) }
    try synchronizeData()
  }

  /// Visits the stretches that hold anything.
  private func visitContents(
    _ body: (borrowing WipedPage, Range<Int>, UInt64) throws(SystemFailure) -> Void
  ) throws(SystemFailure) {
    var page = WipedPage(count: Self.copyByteCount)
    let end = try size()
    var offset: UInt64 = 0
    while offset < end {
      let range = 0..<Int(min(UInt64(Self.copyByteCount), end - offset))
      try read(into: &page, range, at: offset)
      if !page.isZero(range) { try body(page, range, offset) }
      offset += UInt64(range.count)
    }
  }
}
