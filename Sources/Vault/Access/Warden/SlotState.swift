/// What the warden's file holds for a customer and class.
public enum SlotState: Sendable, Hashable {
  /// No key was ever made, or its making was never finished.
  case unwritten
  /// A key.
  case live
  /// The key was overwritten, for good.
  case erased
}
