import Sodium
import Testing

@Suite("Passphrase stretching")
struct PassphraseStretchingTests {
  typealias Parameters = PassphraseStretching.Parameters

  private func stretch(
    _ passphrase: String = "correct horse", _ parameters: Parameters = .testFloor,
    salt: [UInt8] = counting(count: 16)
  ) throws(SodiumError) -> [UInt8] {
    var bytes = WipedBytes()
    bytes.append(copying: passphrase.utf8)
    return try PassphraseStretching.key(
      passphrase: bytes, parameters: parameters, salt: salt, as: ClassKey.self
    ).copy()
  }

  @Test(
    "Stretching is Argon2id as another implementation computes it",
    arguments: [
      // Computed with OpenSSL through Python's cryptography package.
      (1, 8192, "3bfa796a86260b73457e1290b51695931a17e266f601d0fb45563e282fb6865b"),
      (2, 65536, "9c87c06898bc18516669b54a8b95d36e622946494d7a55c26f391a0406068c19"),
      (3, 1_048_576, "2cdfc6b7d9c2f719e4f1ec7697c38e6ad4b023e6d446602ac3d0dcb2571ca5fa"),
    ] as [(UInt32, UInt64, String)])
  func knownAnswers(operations: UInt32, memory: UInt64, expected: String) throws {
    let parameters = try Parameters(operations: operations, memory: memory)
    #expect(Hex.encode(try stretch("correct horse", parameters)) == expected)
  }

  @Test("Another passphrase, salt or cost gives another key")
  func separated() throws {
    let keys = [
      try stretch(), try stretch("correct horsf"), try stretch(""),
      try stretch(salt: counting(from: 1, count: 16)),
      try stretch("correct horse", Parameters(operations: 2, memory: 8192)),
      try stretch("correct horse", Parameters(operations: 1, memory: 16384)),
    ]
    #expect(Set(keys).count == 6)
  }

  @Test(
    "A cost outside the bounds is refused where it is named, before anything is computed with it",
    arguments: [
      (0, 65536), (17, 65536), (.max, 65536), (1, 0), (1, 8191), (1, (1 << 30) + 1), (1, 1 << 40), (1, .max),
    ] as [(UInt32, UInt64)])
  func bounds(operations: UInt32, memory: UInt64) {
    let code = refusal { () throws(SodiumError) in
      _ = try Parameters(operations: operations, memory: memory)
    }
    #expect(code == .outOfBounds)
  }

  @Test("Every named strength lies within the bounds, each above the one before")
  func strengths() throws {
    let costs = PassphraseStretching.Strength.allCases.map(Parameters.init)
    for cost in costs {
      #expect(try Parameters(operations: cost.operations, memory: cost.memory) == cost)
    }
    #expect(costs.map(\.memory) == costs.map(\.memory).sorted())
    #expect(costs.map(\.operations) == costs.map(\.operations).sorted())
  }

  @Test("A salt of another length is refused", arguments: [0, 8, 15, 17])
  func saltLength(count: Int) {
    let code = refusal { () throws(SodiumError) in _ = try stretch(salt: counting(count: count)) }
    #expect(code == .wrongLength)
  }

  @Test("Salts are random and of the right length")
  func salts() {
    #expect(PassphraseStretching.randomSalt().count == PassphraseStretching.saltByteCount)
    #expect(PassphraseStretching.randomSalt() != PassphraseStretching.randomSalt())
  }
}
