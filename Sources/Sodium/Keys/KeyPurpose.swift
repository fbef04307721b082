/// What a key is for, as a type: a key of the wrong purpose does not compile.
///
/// Purposes are empty enums, declared where they are used: `enum RecordKey: KeyPurpose {}`.
public protocol KeyPurpose {
  /// How many bytes a key of this purpose has, 32 unless a purpose says otherwise.
  static var byteCount: Int { get }
}

extension KeyPurpose {
  /// 32 bytes, the length of every symmetric key of this package.
  public static var byteCount: Int { 32 }
}
