import Glibc
import Sodium

/// Passphrases in files: read where nobody else can.
enum PassphraseFile {
  /// Reads a file, less one end of line.
  ///
  /// What is checked is the open file, not its path, so that nothing can be exchanged between the
  /// check and the reading.
  static func read(_ path: String) throws(CommandFailure) -> WipedBytes {
    let doing = "read the passphrase file \(path)"
    let file = try Descriptor.open(path, O_RDONLY, doing: doing)
    try check(file.status(doing: doing), path)
    var passphrase = WipedBytes(capacity: PassphraseSource.limit + 2)
    try readAll(from: file.number, into: &passphrase, doing: doing)
    return try PassphraseSource.checked(passphrase, from: path)
  }

  /// Reads one line of an open file, and no byte more: the next one may be another passphrase, or
  /// the data of `--from -`.
  static func readLine(from number: Int32) throws(CommandFailure) -> WipedBytes {
    let doing = "read the passphrase from file descriptor \(number)"
    var passphrase = WipedBytes(capacity: PassphraseSource.limit + 2)
    while try ByteTransfer.read(from: number, atMost: 1, into: &passphrase, doing: doing) > 0 {
      if passphrase.withBytes({ $0[$0.count - 1] == UInt8(ascii: "\n") }) { break }
      guard passphrase.count <= PassphraseSource.limit + 1 else { break }
    }
    passphrase.dropTrailingNewline()
    return try PassphraseSource.checked(passphrase, from: "file descriptor \(number)")
  }

  /// Reads an open file to its end, less one end of line; never much more than a passphrase.
  static func readAll(
    from number: Int32, into passphrase: inout WipedBytes, doing: String
  ) throws(CommandFailure) {
    let room = PassphraseSource.limit + 3
    while passphrase.count < room {
      let count = try ByteTransfer.read(
        from: number, atMost: room - passphrase.count, into: &passphrase, doing: doing)
      if count == 0 { break }
    }
    passphrase.dropTrailingNewline()
  }

  private static func check(_ status: stat, _ path: String) throws(CommandFailure) {
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFIFO else {
      throw .configuration("passphrase_file_kind", "the passphrase file \(path) is not a file")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw .configuration(
        "passphrase_file_readable", "others than its owner have access to the passphrase file \(path)",
        hints: "chmod 600 \(path)", "if others could read it, choose a new passphrase")
    }
    let user = geteuid()
    guard status.st_uid == user || status.st_uid == 0 || user == 0 else {
      throw .configuration(
        "passphrase_file_owner", "the passphrase file \(path) belongs to somebody else",
        hints: "use a file of your own")
    }
  }
}
