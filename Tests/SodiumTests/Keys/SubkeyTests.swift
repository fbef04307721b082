import Sodium
import Testing

@Suite("Subkeys")
struct SubkeyTests {
  @Test("A subkey is BLAKE2b with the number as salt and the context as personal string")
  func knownAnswer() throws {
    // Computed with Python's hashlib.
    let subkey: Key<CustomerKey> = Subkey.derive(
      from: try countingKey(ClassKey.self), context: "crmslot1", id: 258)
    #expect(
      Hex.encode(subkey.copy()) == "5cf81f299b6504030d712a9485fb1f3a37e604b280839cebf8f1d78a869e063e")
  }

  @Test("Another number, another context, another parent: another subkey")
  func separated() throws {
    let parent = try countingKey(ClassKey.self)
    let other = try countingKey(ClassKey.self, from: 1)
    let subkeys = [
      Subkey.derive(from: parent, context: "crmslot1", id: 1, as: CustomerKey.self).copy(),
      Subkey.derive(from: parent, context: "crmslot1", id: 2, as: CustomerKey.self).copy(),
      Subkey.derive(from: parent, context: "crmslot2", id: 1, as: CustomerKey.self).copy(),
      Subkey.derive(from: other, context: "crmslot1", id: 1, as: CustomerKey.self).copy(),
    ]
    #expect(Set(subkeys).count == 4)
  }
}
