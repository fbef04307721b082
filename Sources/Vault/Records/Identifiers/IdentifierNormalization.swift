import CPhoneNumber
public import Sodium

/// One form for each identifier, so that equal ones have equal digests. Reads and writes wiped buffers only.
public struct IdentifierNormalization: Sendable {
  /// The region in which a phone number without a country code was dialled: two capital letters.
  public let region: String

  /// The longest identifier in bytes.
  public static let byteLimit = 320

  /// Normalizes for a vault whose phone numbers are dialled in this region.
  public init(region: String = "CN") { self.region = region }

  /// Adds the normalized form of a field's value to `out`.
  ///
  /// - Throws: `.notAnIdentifier`, `.phoneUnavailable`.
  public func normalize(
    _ value: Span<UInt8>, as field: IndexedField, into out: inout WipedBytes
  ) throws(RecordError) {
    switch field {
    case .phone: try phone(value, into: &out)
    case .email: try email(value, into: &out)
    case .account: try account(value, into: &out)
    }
  }

  /// The E.164 form of a phone number, by libphonenumber; possible numbers only.
  func phone(_ value: Span<UInt8>, into out: inout WipedBytes) throws(RecordError) {
    guard value.count <= IdentifierNormalization.byteLimit, Text.isUTF8(value) else {
      throw RecordError(.notAnIdentifier, "a phone number is too long or not UTF-8")
    }
    var status = Int32(CRMVAULT_PHONE_INVALID)
    unsafe out.appendUnsafe(upTo: Int(CRMVAULT_PHONE_CAPACITY)) { out in
      unsafe value.withUnsafeBytes { text in
        var count = 0
        unsafe status = crmvault_phone_e164(
          text.bindMemory(to: CChar.self).baseAddress, text.count, region,
          UnsafeMutableRawPointer(out).assumingMemoryBound(to: CChar.self), &count)
        return count
      }
    }
    switch status {
    case Int32(CRMVAULT_PHONE_OK): return
    case Int32(CRMVAULT_PHONE_UNAVAILABLE):
      throw RecordError(.phoneUnavailable, "phone numbers need libphonenumber, which is not installed")
    default: throw RecordError(.notAnIdentifier, "this is no possible phone number in region \(region)")
    }
  }

  /// An address without surrounding blanks, ASCII letters in lower case; other letters stay as they are.
  func email(_ value: Span<UInt8>, into out: inout WipedBytes) throws(RecordError) {
    let trimmed = value.extracting(IdentifierNormalization.trimmed(value))
    guard IdentifierNormalization.isAddress(trimmed) else {
      throw RecordError(.notAnIdentifier, "this is no e-mail address")
    }
    for index in trimmed.indices {
      let byte = trimmed[index]
      out.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
    }
  }

  /// An account as it was given, which must be in the normal form NFKC and without control characters.
  func account(_ value: Span<UInt8>, into out: inout WipedBytes) throws(RecordError) {
    guard (1...IdentifierNormalization.byteLimit).contains(value.count), Text.isUTF8(value) else {
      throw RecordError(.notAnIdentifier, "an account has 1 to 320 bytes of UTF-8")
    }
    for index in value.indices where value[index] < 0x20 || value[index] == 0x7F {
      throw RecordError(.notAnIdentifier, "an account has a control character")
    }
    guard NormalForm.isCompatible(value) else {
      throw RecordError(.notAnIdentifier, "an account is not in the normal form NFKC")
    }
    out.append(value)
  }

  private static func trimmed(_ value: Span<UInt8>) -> Range<Int> {
    let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    var start = 0
    var end = value.count
    while start < end, isBlank(value[start]) { start += 1 }
    while end > start, isBlank(value[end - 1]) { end -= 1 }
    return start..<end
  }

  // One @, a local part of 1 to 64 bytes, a domain of two or more labels, no blank, control, quote or comment.
  private static func isAddress(_ text: Span<UInt8>) -> Bool {
    guard text.count <= byteLimit, Text.isUTF8(text) else { return false }
    var at: Int?
    var previous = UInt8(ascii: ".")
    var hasDot = false
    for index in text.indices {
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "@"):
        guard at == nil, previous != UInt8(ascii: "."), (1...64).contains(index) else { return false }
        at = index
      case UInt8(ascii: "."):
        guard previous != UInt8(ascii: "."), previous != UInt8(ascii: "@") else { return false }
        hasDot = hasDot || at != nil
      case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","),
        UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["),
        UInt8(ascii: "]"), UInt8(ascii: "\\"):
        return false
      default: break
      }
      previous = byte
    }
    return hasDot && previous != UInt8(ascii: ".") && previous != UInt8(ascii: "@")
  }
}
