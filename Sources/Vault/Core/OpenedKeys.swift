internal import Sodium

/// The keys of one role, opened as they are needed and dropped with the session.
final class OpenedKeys {
  let role: Role
  let logKey: BoxedSigner
  private let chain: KeyChain
  private let pair: BoxedPair
  private var classKeys: [DataClass: SharedKey<ClassKeyPurpose>] = [:]
  private var index: SharedKey<IndexRootPurpose>?
  private var matching: SharedKey<MatchingRootPurpose>?
  private var audit: BoxedPair?

  init(_ role: Role, chain: KeyChain, _ reader: any StoreReader) throws {
    self.role = role
    self.chain = chain
    pair = try chain.rolePair(role, reader)
    logKey = try chain.logKey(role, pair, reader)
  }

  func classKey(_ dataClass: DataClass, _ reader: any StoreReader) throws -> SharedKey<ClassKeyPurpose> {
    if let key = classKeys[dataClass] { return key }
    let key = try chain.classKey(dataClass, role, pair, reader)
    classKeys[dataClass] = key
    return key
  }

  func indexRoot(_ reader: any StoreReader) throws -> SharedKey<IndexRootPurpose> {
    if let index { return index }
    let key = try chain.indexRoot(role, pair, reader)
    index = key
    return key
  }

  func matchingRoot(_ reader: any StoreReader) throws -> SharedKey<MatchingRootPurpose> {
    if let matching { return matching }
    let key = try chain.matchingRoot(role, pair, reader)
    matching = key
    return key
  }

  func auditPair(_ reader: any StoreReader) throws -> BoxedPair {
    if let audit { return audit }
    let key = try chain.auditPair(role, pair, reader)
    audit = key
    return key
  }

  /// The role's own key pair, to seal it to a further member.
  var rolePair: BoxedPair { pair }
}
