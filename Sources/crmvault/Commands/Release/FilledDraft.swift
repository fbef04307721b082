import Sodium

/// What a draft holds.
struct FilledDraft {
  /// SHA-256 of the file as it will be delivered, in hex.
  let sha256: String
  /// SHA-256 of the plaintext, in hex; the same where nothing was encrypted.
  let plainSHA256: String
  /// How long the plaintext is.
  let plainBytes: Int
  /// Whether it went through `age`.
  let isEncrypted: Bool
}

extension DraftFile {
  /// Writes what `body` hands to its sink: in the clear, or through `age`, so that no plaintext ever lies in a file.
  ///
  ///     let filled = try draft.fill(through: age) { sink in try sink(bytes) }
  ///
  /// - Throws: where `age` fails; the draft must then be dropped, which leaves nothing.
  borrowing func fill(
    through age: AgeProgram?,
    _ body: (@escaping (Span<UInt8>) throws(CommandFailure) -> Void) throws -> Void
  ) throws -> FilledDraft {
    let hash = RunningHash()
    let number = descriptor.number
    let path = path
    guard let age else {
      try body { (bytes) throws(CommandFailure) in
        hash.update(bytes)
        try ByteTransfer.writeAll(bytes, to: number, doing: "write \(path)")
      }
      return FilledDraft(
        sha256: hash.digest, plainSHA256: hash.digest, plainBytes: hash.count, isEncrypted: false)
    }
    let encryption = try AgeEncryption(age, output: number)
    try body { (bytes) throws(CommandFailure) in
      hash.update(bytes)
      try encryption.write(bytes)
    }
    try encryption.finish()
    return FilledDraft(
      sha256: try digest().digest, plainSHA256: hash.digest, plainBytes: hash.count, isEncrypted: true)
  }

  /// The hash of the bytes so far.
  private borrowing func digest() throws(CommandFailure) -> RunningHash {
    try rewind()
    let hash = RunningHash()
    try FileDigest.read(descriptor.number, path: path) { hash.update($0) }
    return hash
  }
}

/// A hash that a writer feeds.
final class RunningHash {
  private var hash = SHA256()
  /// How many bytes there were.
  private(set) var count = 0

  func update(_ bytes: Span<UInt8>) {
    hash.update(bytes)
    count += bytes.count
  }

  /// In hex.
  var digest: String { Hex.encode(hash.finalize().bytes) }
}

/// The hash of a whole file.
enum FileDigest {
  /// Reads it to its end.
  static func sha256(of path: String) throws(CommandFailure) -> Digest32 {
    let descriptor = try Descriptor.open(path, 0, doing: "read \(path)")
    var hash = SHA256()
    try read(descriptor.number, path: path) { hash.update($0) }
    return hash.finalize()
  }

  fileprivate static func read(
    _ number: Int32, path: String, _ body: (Span<UInt8>) -> Void
  ) throws(CommandFailure) {
    var block = WipedBytes(capacity: 65_536)
    while try ByteTransfer.read(from: number, atMost: 65_536, into: &block, doing: "read \(path)") > 0 {
      block.withBytes { body($0) }
      block.removeAll()
    }
  }
}
