internal import AuditLog
internal import Sodium

/// A small object that is no customer's, sealed under the key of the class `score` and bound to its place: a row of the
/// catalogue, a charge of a budget. Canonical JSON, padded.
struct SealedNote {
  private static let personal: StaticString = "crmvault-block-1"

  let vault: VaultID
  let kind: BlockAddress.Kind
  let release: ReleaseID

  private var address: BlockAddress {
    BlockAddress(.score, kind: kind, object: release.object, firstOrdinal: 0, version: 0)
  }

  func seal(_ note: JSONObject, with key: SharedKey<ClassKeyPurpose>) throws -> [UInt8] {
    let plaintext = try CanonicalJSON.encode(.object(note))
    return AssociatedData.withBytes(of: address, vault: vault, epoch: KeyChain.epoch) { data in
      CommittedSeal.seal(
        plaintext.span, classKey: key.key, personal: Self.personal, epoch: KeyChain.epoch,
        associatedData: data,
        pad: true)
    }
  }

  func open(_ sealed: [UInt8], with key: SharedKey<ClassKeyPurpose>) throws -> JSONObject {
    var plaintext = WipedBytes(capacity: sealed.count)
    let epoch = try RecordOpener.epoch(of: sealed.span)
    do throws(SodiumError) {
      try AssociatedData.withBytes(of: address, vault: vault, epoch: epoch) { (data) throws(SodiumError) in
        try CommittedSeal.open(
          sealed.span, classKey: key.key, personal: Self.personal, associatedData: data, pad: true,
          into: &plaintext)
      }
    } catch { throw RecordError(error) }
    let bytes = plaintext.withBytes { [UInt8](copying: $0) }
    guard let object = try CanonicalJSON.parseCanonical(bytes).object else {
      throw VaultError(.integrity, "a sealed note of a release is malformed")
    }
    return object
  }
}
