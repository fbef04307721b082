public import Sodium

/// What the secret of one committed set or one batch is for: the salts of its leaves.
public enum SaltPurpose: KeyPurpose {}

/// Leaves whose salt comes from a secret, so that a proof of one tells nothing about the others.
enum SaltedLeaf {
  static let saltBytes = 16

  /// BLAKE2b-128 of the leaf's index (u64 big-endian) under the secret.
  static func appendSalt(_ index: UInt64, _ secret: borrowing Key<SaltPurpose>, to bytes: inout [UInt8]) {
    var message: [UInt8] = []
    message.append(bigEndian: index)
    var salt: (UInt64, UInt64) = (0, 0)
    unsafe secret.withUnsafePointer { key in
      unsafe message.withUnsafeBufferPointer { message in
        unsafe withUnsafeMutableBytes(of: &salt) { out in
          guard let out = unsafe out.assumingMemoryBound(to: UInt8.self).baseAddress else { return }
          unsafe BLAKE2b.rawKeyed(
            key: key, message.baseAddress, count: message.count, into: out, outCount: saltBytes)
        }
      }
    }
    bytes.append(bigEndian: salt.0.bigEndian)
    bytes.append(bigEndian: salt.1.bigEndian)
  }
}
