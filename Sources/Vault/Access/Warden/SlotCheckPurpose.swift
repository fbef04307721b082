internal import Sodium

/// Keys the check of every slot of one file: SipHash-2-4-128.
enum SlotCheckPurpose: KeyPurpose {
  static let byteCount = 16
}
