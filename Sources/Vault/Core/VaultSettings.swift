/// What is fixed when a vault is made, in the genesis statement.
public struct VaultSettings: Sendable, Hashable {
  /// The vault's name: that of its `.vkey` and warden files.
  public let name: String
  /// The ISO 4217 code of the vault's currency.
  public let currency: String
  /// The IANA zone in which days begin.
  public let zone: String

  /// Settings of a vault.
  public init(name: String, currency: String, zone: String) {
    self.name = name
    self.currency = currency
    self.zone = zone
  }
}
