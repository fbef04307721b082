import Sodium
import Testing

@Suite("Committed seals")
struct CommittedSealTests {
  private let data = Array("associated".utf8)
  private let plaintext = Array("sunscreen".utf8)

  private func seal(pad: Bool = true) throws -> [UInt8] {
    CommittedSeal.seal(
      plaintext.span, classKey: try countingKey(ClassKey.self),
      customerKey: try countingKey(CustomerKey.self, from: 32), personal: "crmvault-record1", epoch: 7,
      associatedData: data.span, pad: pad)
  }

  private func refusalToOpen(
    _ sealed: [UInt8], classFrom: UInt8 = 0, customerFrom: UInt8 = 32,
    personal: StaticString = "crmvault-record1", data: [UInt8]? = nil, pad: Bool = true
  ) throws -> SodiumError.Code? {
    let classKey = try countingKey(ClassKey.self, from: classFrom)
    let customerKey = try countingKey(CustomerKey.self, from: customerFrom)
    let data = data ?? self.data
    var plaintext = WipedBytes()
    plaintext.append(copying: [1, 2, 3])
    let code = refusal { () throws(SodiumError) in
      try CommittedSeal.open(
        sealed.span, classKey: classKey, customerKey: customerKey, personal: personal,
        associatedData: data.span, pad: pad, into: &plaintext)
    }
    if code != nil { #expect(plaintext.copy() == [1, 2, 3], "a refused opening adds nothing") }
    return code
  }

  @Test("What was sealed opens again and is added to what is there", arguments: [true, false])
  func opens(pad: Bool) throws {
    let sealed = try seal(pad: pad)
    #expect(sealed.count == CommittedSeal.overhead + (pad ? 32 : plaintext.count))
    var opened = WipedBytes()
    opened.append(0xFF)
    try CommittedSeal.open(
      sealed.span, classKey: countingKey(ClassKey.self),
      customerKey: countingKey(CustomerKey.self, from: 32), personal: "crmvault-record1",
      associatedData: data.span, pad: pad, into: &opened)
    #expect(opened.copy() == [0xFF] + plaintext)
    #expect(try CommittedSeal.epoch(of: sealed.span) == 7)
  }

  @Test("The same plaintext is never sealed to the same bytes")
  func fresh() throws {
    let (first, second) = (try seal(), try seal())
    #expect(first != second)
    #expect(first[6..<30] != second[6..<30])
  }

  @Test("Another class key or customer key is the wrong key, and not a forgery")
  func wrongKey() throws {
    let sealed = try seal()
    #expect(try refusalToOpen(sealed) == nil)
    #expect(try refusalToOpen(sealed, classFrom: 1) == .wrongKey)
    #expect(try refusalToOpen(sealed, customerFrom: 33) == .wrongKey)
    #expect(try refusalToOpen(sealed, personal: "crmvault-block-1") == .wrongKey)
  }

  @Test("Any changed byte is found, and where it matters named")
  func flipped() throws {
    let sealed = try seal()
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 0x01
      let expected: SodiumError.Code? =
        switch index {
        case 0, 1: .unknownFormat
        // The epoch is bound through the associated data, which the caller builds with it.
        case 2..<6: nil
        case 6..<62: .wrongKey
        default: .forged
        }
      #expect(try refusalToOpen(changed) == expected, "byte \(index)")
    }
  }

  @Test("Other associated data is a forgery")
  func associatedData() throws {
    let sealed = try seal()
    #expect(try refusalToOpen(sealed, data: Array("Associated".utf8)) == .forged)
    #expect(try refusalToOpen(sealed, data: []) == .forged)
    #expect(try refusalToOpen(sealed, data: data + [0]) == .forged)
  }

  @Test("Bytes that end early are truncated within header and tag, and forged after")
  func truncated() throws {
    let sealed = try seal()
    for count in 0..<sealed.count {
      let expected: SodiumError.Code = count < CommittedSeal.overhead ? .truncated : .forged
      #expect(try refusalToOpen(Array(sealed.prefix(count))) == expected, "\(count) bytes")
    }
    #expect(try refusalToOpen(sealed + [0]) == .forged)
  }

  @Test("The epoch of what cannot be a seal is refused")
  func epochOfNoSeal() throws {
    var sealed = try seal()
    let short = Array(sealed.prefix(CommittedSeal.overhead - 1))
    #expect(refusal { () throws(SodiumError) in _ = try CommittedSeal.epoch(of: short.span) } == .truncated)
    sealed[1] = 9
    #expect(
      refusal { () throws(SodiumError) in _ = try CommittedSeal.epoch(of: sealed.span) } == .unknownFormat)
  }

  @Test("What was sealed without padding does not open as if it were padded")
  func paddingIsChecked() throws {
    #expect(try refusalToOpen(try seal(pad: false), pad: true) == .malformed)
  }

  @Test("A class key alone seals and opens, and is not the same as with a customer's key")
  func classKeyAlone() throws {
    let classKey = try countingKey(ClassKey.self)
    let sealed = CommittedSeal.seal(
      plaintext.span, classKey: classKey, personal: "crmvault-block-1", epoch: 1,
      associatedData: data.span, pad: false)
    var opened = WipedBytes()
    try CommittedSeal.open(
      sealed.span, classKey: classKey, personal: "crmvault-block-1", associatedData: data.span,
      pad: false, into: &opened)
    #expect(opened.copy() == plaintext)
    #expect(try refusalToOpen(sealed, personal: "crmvault-block-1", pad: false) == .wrongKey)
    let other = try countingKey(ClassKey.self, from: 1)
    let code = refusal { () throws(SodiumError) in
      try CommittedSeal.open(
        sealed.span, classKey: other, personal: "crmvault-block-1", associatedData: data.span,
        pad: false, into: &opened)
    }
    #expect(code == .wrongKey)
  }

  @Test("Nothing at all can be sealed")
  func empty() throws {
    let none: [UInt8] = []
    let key = try countingKey(ClassKey.self)
    for pad in [true, false] {
      let sealed = CommittedSeal.seal(
        none.span, classKey: key, personal: "crmvault-block-1", epoch: 1, associatedData: none.span,
        pad: pad)
      var opened = WipedBytes()
      try CommittedSeal.open(
        sealed.span, classKey: key, personal: "crmvault-block-1", associatedData: none.span, pad: pad,
        into: &opened)
      #expect(opened.copy().isEmpty)
    }
  }
}
