import Sodium
import Testing

@Suite("Errors")
struct SodiumErrorTests {
  @Test("Errors are equal by code alone")
  func equality() {
    #expect(SodiumError(.forged, "one reason") == SodiumError(.forged, "another"))
    #expect(SodiumError(.forged, "a reason") != SodiumError(.wrongKey, "a reason"))
  }

  @Test("An error shows its reason and its code")
  func description() {
    #expect(SodiumError(.truncated, "it ends early").description == "it ends early (truncated)")
  }
}
