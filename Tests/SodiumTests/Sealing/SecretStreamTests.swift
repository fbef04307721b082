import Testing

@testable import Sodium

@Suite("A sealed stream")
struct SecretStreamTests {
  private let data: [UInt8] = [1, 2, 3]

  private func sealed(_ chunks: [[UInt8]], _ key: borrowing Key<StreamKeyPurpose>) -> (
    header: [UInt8], chunks: [[UInt8]]
  ) {
    let sealer = SecretStream.Sealer(key: key)
    var out: [[UInt8]] = []
    for (index, chunk) in chunks.enumerated() {
      out.append(sealer.seal(chunk.span, isLast: index == chunks.count - 1, associatedData: data.span))
    }
    return (sealer.header, out)
  }

  @Test("opens chunk by chunk, and its last chunk says so")
  func opens() throws {
    let key = Key<StreamKeyPurpose>.random()
    let plain: [[UInt8]] = [Array(repeating: 7, count: 100), [], [9]]
    let stream = sealed(plain, key)
    #expect(stream.chunks.map(\.count) == [117, 17, 18])
    let opener = try SecretStream.Opener(key: key, header: stream.header)
    for (index, chunk) in stream.chunks.enumerated() {
      let opened = try opener.open(chunk.span, associatedData: data.span)
      #expect(opened.chunk == plain[index])
      #expect(opened.isLast == (index == 2))
    }
  }

  @Test("refuses a chunk that was changed, left out, repeated or bound to something else")
  func refuses() throws {
    let key = Key<StreamKeyPurpose>.random()
    let stream = sealed([[1], [2], [3]], key)
    func opens(_ chunks: [[UInt8]], _ data: [UInt8]) -> Bool {
      do throws(SodiumError) {
        let opener = try SecretStream.Opener(key: key, header: stream.header)
        for chunk in chunks { _ = try opener.open(chunk.span, associatedData: data.span) }
        return true
      } catch { return false }
    }
    #expect(opens(stream.chunks, data))
    #expect(!opens([stream.chunks[1]], data))
    #expect(!opens([stream.chunks[0], stream.chunks[0]], data))
    #expect(!opens([stream.chunks[0], stream.chunks[2]], data))
    #expect(!opens(stream.chunks, [1, 2]))
    var changed = stream.chunks
    changed[1][3] ^= 1
    #expect(!opens(changed, data))
    #expect(!opens([Array(stream.chunks[0].dropLast())], data))
    #expect(!opens([[1, 2]], data))
    #expect(throws: SodiumError(.wrongLength, "")) { _ = try SecretStream.Opener(key: key, header: [1]) }
  }
}
