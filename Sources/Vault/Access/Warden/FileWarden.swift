internal import Sodium
internal import Synchronization

/// The warden of an embedded vault: in this process, over its file.
///
/// `FORMATS.md` section 5 has the bytes of the file, and the header's are at the head of `WardenHeader.swift`.
public final class FileWarden: Warden {
  static let magic: StaticString = "crmvault/warden\n"
  static let version: UInt16 = 1

  /// The file's id, 16 random bytes.
  public let fileID: [UInt8]
  /// The vault that the file says it belongs to.
  public let vaultID: VaultID

  /// Where the file is.
  let path: String
  let slots: SlotFile
  let matchingKey: Key<WardenMatchingKeyPurpose>
  /// Index keys by epoch, as far as they were asked for.
  let indexKeys = Mutex<[UInt32: SharedKey<WardenIndexKeyPurpose>]>([:])

  /// Makes the file of a new vault, with an index key for its first epoch. Only `init` calls this.
  ///
  /// The folder must be there. The file's id is 16 random bytes, drawn by the caller for the genesis statement.
  /// Throws `.exists` where anything has that name.
  public static func create(
    path: String, vaultID: VaultID, fileID: [UInt8], indexEpoch: UInt32 = 1
  ) throws(WardenError) -> FileWarden {
    precondition(fileID.count == 16, "a warden's file id has 16 bytes")
    let file: PositionedFile
    do { file = try PositionedFile.create(path: path) } catch { throw WardenError(error) }
    do throws(SystemFailure) {
      let header = WardenHeader(
        fileID: fileID, vaultID: vaultID, indexEpoch: indexEpoch)
      var pages = AlternatingPages(magic: magic, version: version)
      try pages.write(header.content, to: file)
      try pages.write(header.content, to: file)
      try file.synchronize()
      try PositionedFile.synchronize(folder: folder(of: path))
    } catch {
      PositionedFile.remove(path: path)
      throw WardenError(error)
    }
    return try FileWarden(file, path: path)
  }

  /// Opens the file of a vault.
  ///
  /// Throws `.missing`, `.integrity` when it does not verify, and `.configuration` when it is no regular file,
  /// when others than owner and group have any right to it, or when a newer program wrote it.
  public static func open(path: String) throws(WardenError) -> FileWarden {
    let file: PositionedFile
    let rights: UInt32
    do throws(SystemFailure) {
      file = try PositionedFile.open(path: path)
      rights = try file.accessRights()
    } catch { throw WardenError(error) }
    guard rights & 0o007 == 0 else {
      throw WardenError(
        .configuration, "the warden's file \(path) is open to every user; take their rights away")
    }
    return try FileWarden(file, path: path)
  }

  private init(_ file: PositionedFile, path: String) throws(WardenError) {
    self.path = path
    let pages = try Self.pages(of: file)
    let header = try Self.header(of: pages)
    guard let vaultID = VaultID(header.vaultID) else { throw Self.damaged }
    self.vaultID = vaultID
    fileID = header.fileID
    do throws(SodiumError) {
      slots = SlotFile(file: file, checkKey: try header.slotCheckKey())
      matchingKey = try header.matchingKey()
    } catch { throw Self.damaged }
  }

  /// See ``Warden/verify(vaultID:fileID:)``.
  public func verify(vaultID: VaultID, fileID: [UInt8]) throws(WardenError) {
    guard vaultID == self.vaultID else {
      throw WardenError(.integrity, "the warden's file belongs to another vault")
    }
    guard fileID == self.fileID else {
      throw WardenError(.integrity, "the warden's file is not the one that the vault was made with")
    }
  }

  /// See ``Warden/highestOrdinal()``.
  public func highestOrdinal() throws(WardenError) -> UInt64? { try slots.highestOrdinal() }

  /// See ``Warden/slotStates(of:in:)``.
  public func slotStates(
    of dataClass: DataClass, in ordinals: Range<UInt64>
  ) throws(WardenError) -> [SlotState] {
    var keys = CustomerKeys()
    try keys.load(dataClass, ordinals, from: slots) { _ in true }
    var states: [SlotState] = []
    states.reserveCapacity(ordinals.count)
    for ordinal in ordinals { states.append(try keys.state(of: ordinal) ?? .unwritten) }
    return states
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
