import VaultTesting

@testable import Vault

/// A sample vault with more than one person in it.
extension SampleVault {
  /// A session of somebody.
  func session(of user: SecretIdentity, as role: Role? = nil, clock: any Clock = SystemClock()) -> Session {
    Session(
      Session.Environment(
        store: store, warden: warden, identity: user, clock: clock, memoryFolder: nil, ballast: nil,
        origin: "sample"),
      role: role, ticket: nil)
  }

  /// Enrols somebody, who has the roles at once, for the owner has them all.
  func enrol(_ name: String, _ roles: [Role]) throws -> SecretIdentity {
    let user = SecretIdentity.generate(name: name)
    _ = try session().addUser(user.identity, roles: roles)
    return user
  }

  /// Does something that needs a second person: asks, lets that person approve, and does it.
  func approved<Value>(
    by approver: SecretIdentity, clock: any Clock = SystemClock(), _ body: () throws -> Value
  ) throws -> Value {
    do { return try body() } catch let error as VaultError where error.code == .approvalRequired {
      guard let number = error.request else { throw error }
      _ = try session(of: approver, clock: clock).answer(number, .approved, days: nil)
    }
    return try body()
  }
}
