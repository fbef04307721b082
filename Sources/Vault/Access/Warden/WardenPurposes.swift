internal import Sodium

/// Keys the index digests of one epoch.
enum WardenIndexPurpose: KeyPurpose {}

/// Keys the matching digests; never rotated.
enum WardenMatchingPurpose: KeyPurpose {}

/// Keys the check of every slot of one file: SipHash-2-4-128.
enum SlotCheckPurpose: KeyPurpose {
  static let byteCount = 16
}
