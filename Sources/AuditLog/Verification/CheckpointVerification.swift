public import Sodium

extension LogVerifier {
  /// Verifies the checkpoint of a commit, after the entries that it covers.
  ///
  /// Every line that names a key of the log or a user of it must verify; lines of others are left alone.
  ///
  /// - Parameters:
  ///   - note: the signed note.
  ///   - userKeys: the key of a user by key id (16 hex digits), as the statements so far make it; nil for a user who
  ///     may not sign here.
  /// - Returns: the key id of the user who signed, unless there is none.
  @discardableResult
  public mutating func checkpoint(_ note: [UInt8], userKeys: (String) -> VerifyingKey?) -> String? {
    let size = tree.size
    let signed: SignedNote
    do throws(LogError) {
      signed = try SignedNote(parsing: note)
      let checkpoint = try Checkpoint(parsing: signed.text)
      guard checkpoint.origin.utf8.elementsEqual(origin.utf8) else {
        throw LogError(.wrongOrigin, "a checkpoint of another log")
      }
      guard checkpoint.size == size else {
        throw LogError(.inconsistent, "a checkpoint of size \(checkpoint.size) after \(size) entries")
      }
      guard checkpoint.root == tree.root else {
        throw LogError(.inconsistent, "the checkpoint has another root than the entries lead to")
      }
    } catch {
      report(size, .checkpoint, error.reason)
      return nil
    }
    let isLogs = awaitLogSignature(signed)
    if !isLogs { report(size, .logSignature, "no key of the log that counts here signed the checkpoint") }
    let user = awaitUserSignature(signed, userKeys)
    if user == nil { report(size, .userSignature, "no user who may signed the checkpoint") }
    if isLogs, user != nil { cover() }
    return user
  }

  private mutating func awaitLogSignature(_ note: SignedNote) -> Bool {
    var isSigned = false
    for line in note.signatures {
      for trusted in logKeys where Self.names(line, trusted.key) && trusted.sizes.contains(tree.size) {
        setAside(pending(line, trusted.key.key, .logSignature, note.text))
        isSigned = true
      }
    }
    return isSigned
  }

  private mutating func awaitUserSignature(
    _ note: SignedNote, _ userKeys: (String) -> VerifyingKey?
  ) -> String? {
    var user: String?
    for line in note.signatures {
      guard let id = UserKeyName.keyID(in: line.name, origin: origin), let key = userKeys(id),
        let known = try? UserKeyName.verifierKey(origin: origin, key: key), Self.names(line, known)
      else { continue }
      setAside(pending(line, key, .userSignature, note.text))
      if let user, user != id { report(tree.size, .userSignature, "two users signed one checkpoint") }
      user = user ?? id
    }
    return user
  }

  private func pending(
    _ line: NoteSignature, _ key: VerifyingKey, _ code: Problem.Code, _ text: [UInt8]
  ) -> PendingSignature {
    PendingSignature(
      size: tree.size, name: line.name, code: code, key: key, text: text, signature: line.signature)
  }

  private static func names(_ line: NoteSignature, _ key: LogVerifierKey) -> Bool {
    key.use == .log && line.keyID == key.id && line.name.utf8.elementsEqual(key.name.utf8)
  }
}
