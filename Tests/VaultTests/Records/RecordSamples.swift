import Sodium

@testable import Vault

/// Keys, addresses and receipts that are the same in every run.
enum RecordSamples {
  static let vault = sampleVault(0xA0)
  static let otherVault = sampleVault(0xB0)

  static let cny = currency("CNY")
  static let usd = currency("USD")

  static func currency(_ code: String) -> CurrencyCode {
    guard let currency = CurrencyCode(code) else { preconditionFailure("three capital letters") }
    return currency
  }

  /// A key of ascending bytes.
  static func key<P: KeyPurpose>(_ first: UInt8, as purpose: P.Type = P.self) -> Key<P> {
    Key<P>.filling { out in
      for index in out.indices { out[index] = first &+ UInt8(index) }
    }
  }

  static func receipt(
    _ classes: Set<DataClass> = Set(DataClass.allCases), subjects: SubjectScope = .one(7)
  ) -> AccessReceipt {
    AccessReceipt(mintedFor: 1, classes: classes, subjects: subjects, maySearch: false, mayEnrol: false)
  }

  static func wiped(_ bytes: [UInt8]) -> WipedBytes { WipedBytes(copying: bytes.span) }
  static func wiped(_ text: String) -> WipedBytes { wiped(Array(text.utf8)) }

  static func array(_ bytes: borrowing WipedBytes) -> [UInt8] {
    bytes.withBytes { array($0) }
  }

  static func array(_ bytes: Span<UInt8>) -> [UInt8] {
    var copy: [UInt8] = []
    for index in bytes.indices { copy.append(bytes[index]) }
    return copy
  }

  static func text(_ bytes: borrowing WipedBytes) -> String {
    String(decoding: array(bytes), as: UTF8.self)
  }

  static func hex(_ bytes: [UInt8]) -> String { Hex.encode(bytes) }

  private static func sampleVault(_ first: UInt8) -> VaultID {
    guard let vault = VaultID((0..<16).map { first &+ $0 }) else { preconditionFailure("16 bytes") }
    return vault
  }
}

/// SplitMix64: the same numbers in every run (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", 2014).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension SeededRandom {
  /// The bytes with one to four random changes: a bit, a byte, a cut, an insertion, a doubled piece.
  mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
    var changed = bytes
    for _ in 0..<Int.random(in: 1...4, using: &self) {
      guard !changed.isEmpty else { return [UInt8.random(in: 0...255, using: &self)] }
      let place = changed.indices.randomElement(using: &self) ?? 0
      switch Int.random(in: 0..<6, using: &self) {
      case 0: changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      case 1: changed[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &self) ?? 0
      case 2: changed.removeLast(changed.count - place)
      case 3: changed.insert(UInt8.random(in: 0...255, using: &self), at: place)
      case 4: changed.remove(at: place)
      default: changed.append(contentsOf: changed[place...].prefix(16))
      }
    }
    return changed
  }
}
