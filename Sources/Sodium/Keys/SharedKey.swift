/// A key that several owners hold: in dictionaries, in actors, across `await`.
///
/// The key is wiped when the last reference is dropped. Hold the reference for as long as you work with it.
public final class SharedKey<Purpose: KeyPurpose>: Sendable {
  /// The key itself, to be borrowed.
  public let key: Key<Purpose>

  /// Takes over `key`.
  public init(_ key: consuming Key<Purpose>) { self.key = key }
}
