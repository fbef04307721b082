public import Sodium

/// How a log announces its next key: an entry whose statement has the type `log.key` and the member `key`.
///
/// The entry ends its commit, and the commit's checkpoint is the last that the key before may sign. From the next one
/// on only the new key counts, and only there: an old head that is signed anew with a newer key does not verify
/// (CVE-2023-31439), nor does a log that was cut before the announcement and continued with the newer key
/// (CVE-2023-31438).
///
/// The verifier follows the announcements of the log itself. Who may make one is for the chain of statements to say.
public enum LogKeyAnnouncement {
  /// The type of the statement.
  public static let type = "log.key"

  /// The key that a statement announces; nil for a statement of another type, or without a key.
  public static func key(in statement: JSONValue) -> VerifyingKey? {
    guard statement["type"]?.string == type, let text = statement["key"]?.string else { return nil }
    return Digest32(base64: text.utf8).flatMap { VerifyingKey($0.bytes) }
  }
}

extension LogVerifier {
  /// The key that an entry announces.
  func announcedKey(in envelope: Envelope) -> VerifyingKey? {
    guard envelope.kind == .governance, let statement = envelope.statement else { return nil }
    return LogKeyAnnouncement.key(in: statement)
  }

  /// Retires the key that signs at the end of this entry, and lets its successor count from the next checkpoint on.
  mutating func announce(_ successor: VerifyingKey, at seq: UInt64) {
    let size = seq + 1
    guard let current = logKeys.lastIndex(where: { $0.sizes.contains(size) }),
      let key = try? LogVerifierKey(name: logKeys[current].key.name, key: successor)
    else {
      report(seq, .logSignature, "a key of the log is announced where none counts that could do so")
      return
    }
    // A verification that goes on from later may have been given the keys of the whole chain.
    if logKeys.contains(where: { $0.key == key && $0.sizes.lowerBound == size + 1 }) { return }
    guard !logKeys.contains(where: { $0.key.key == successor }) else {
      report(seq, .logSignature, "the log announces a key that it had before")
      return
    }
    logKeys[current].sizes = logKeys[current].sizes.lowerBound...size
    logKeys.append(TrustedLogKey(key, sizes: (size + 1)...UInt64.max))
    announcedSize = size
  }

  /// Refuses an announcement that the key before did not sign.
  mutating func checkAnnouncement() {
    guard let size = announcedSize, tree.size >= size else { return }
    announcedSize = nil
    if hasEveryCheckpoint, coveredSize != size {
      report(
        size, .logSignature,
        "the entry that announces the log's next key does not end a commit under the key before")
    }
  }
}
