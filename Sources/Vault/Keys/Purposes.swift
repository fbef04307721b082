public import Sodium

// One type for each thing that a key may be used for, so that a key of the wrong purpose does not compile.
// A purpose has no values; keys are 32 bytes unless it says otherwise.

/// A class key of one epoch: the role's half of every record key of a data class. One type for all classes;
/// the class, the epoch and the vault are bound by the associated data of what the key seals.
public enum ClassKeyPurpose: KeyPurpose {}

/// A customer key: the warden's half of the record keys of one customer and data class.
public enum CustomerKeyPurpose: KeyPurpose {}

/// The index root of one epoch: the field keys of blind indexes are derived from it.
public enum IndexRootPurpose: KeyPurpose {}

/// The key of one indexed field: from the index root, or from the matching root for matching tags.
public enum FieldKeyPurpose: KeyPurpose {}

/// The matching root, never rotated: order digests, and the tags that a later import must recognize.
public enum MatchingRootPurpose: KeyPurpose {}

/// The key of order digests, derived from the matching root.
public enum OrderKeyPurpose: KeyPurpose {}

/// The warden's index key of one epoch: what the index stores is keyed once more by it.
public enum WardenIndexKeyPurpose: KeyPurpose {}

/// The warden's matching key: as its index key, for matching tags, never rotated.
public enum WardenMatchingKeyPurpose: KeyPurpose {}
