import Sodium
import Testing

@testable import Vault

/// Plaintext that nobody encoded: a decoder may refuse it, and may not trap.
@Suite struct BehaviorHostilityTests {
  private func drain(_ bytes: [UInt8]) throws(RecordError) -> [BehaviorEvent] {
    try BehaviorChunk.withReader(RecordSamples.wiped(bytes), currency: RecordSamples.cny) {
      (reader) throws(RecordError) in
      var events: [BehaviorEvent] = []
      while let event = try reader.next() { events.append(event) }
      _ = reader.contains(digest: 1)
      _ = reader.manifest
      for index in 0...reader.dictionary.count {
        _ = reader.dictionary.hash(of: BehaviorEvent.TextIndex(truncatingIfNeeded: index))
      }
      return events
    }
  }

  private func reencoded(_ bytes: [UInt8]) throws(RecordError) -> [UInt8] {
    let appender = try BehaviorAppender.continuing(bytes.span, currency: RecordSamples.cny)
    let manifest = try BehaviorChunk.withReader(RecordSamples.wiped(bytes), currency: RecordSamples.cny) {
      $0.manifest
    }
    var out = WipedBytes()
    appender.encode(manifest: manifest, into: &out)
    return RecordSamples.array(out)
  }

  @Test func `every cut and every added byte is malformed`() throws {
    let bytes = try BehaviorSamples.everything().bytes
    for count in bytes.indices {
      #expect(throws: RecordError(.malformed, "")) { try drain(Array(bytes.prefix(count))) }
    }
    #expect(throws: RecordError(.malformed, "")) { try drain(bytes + [0]) }
  }

  @Test func `random changes never trap, for the reader or for the appender`() throws {
    var random = SeededRandom(5)
    let bytes = try BehaviorSamples.everything().bytes
    var decoded = 0
    for _ in 0..<30_000 {
      let mutated = random.mutate(bytes)
      do {
        let events = try drain(mutated)
        #expect(events.count <= BehaviorChunk.eventLimit)
        // The appender is stricter: UTF-8, equal texts, equal digests, and a flag that was left off.
        if let again = try? reencoded(mutated) { #expect(try drain(again) == events) }
        decoded += 1
      } catch {
        #expect(error == RecordError(.malformed, ""))
      }
    }
    #expect(decoded > 100)
  }

  @Test func `random bytes never trap`() {
    var random = SeededRandom(6)
    for _ in 0..<30_000 {
      var bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      if !bytes.isEmpty { bytes[0] = bytes[0] & 0xC0 | 1 }
      _ = try? drain(bytes)
      _ = try? reencoded(bytes)
    }
  }

  private static let digest = [UInt8](repeating: 7, count: 8)

  @Test(
    arguments: [
      [0x02, 0, 0],  // schema
      [0x11, 0, 0],  // a flag that means nothing
      [0x81, 0, 0, 0],  // no chunk at all
      [0x81, 2, 5, 0, 1, 0] + digest + [0x08, 0, 0],  // fewer events in all chunks than in this one
      [0x01, 0x81, 0x20, 0],  // more events than a chunk has
      [0x01, 0, 1, 0, 0],  // an empty text
      [0x01, 0, 2, 0, 2, 0, 1, 65, 66],  // texts that go back
      [0x01, 1, 0] + digest + [0x05, 0, 0],  // no such kind
      [0x01, 1, 0] + digest + [0x40, 0, 0],  // a flag of no transaction
      [0x01, 1, 0] + digest + [0x20, 0, 0, 0],  // no text, although there should be
      [0x01, 1, 0] + digest + [0x20, 0, 0, 1, 0],  // a text that there is not
      [0x01, 1, 0] + digest + [0x10, 0, 0, 0x43, 0x4E, 0x59],  // the vault's currency written out
      [0x01, 1, 0] + digest + [0x10, 0, 0, 0x63, 0x4E, 0x59],  // no currency
      [0x01, 1, 0] + digest + [0x00, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0],  // a time beyond year 9999
      [0x01, 1, 0] + digest + [0x04, 0, 1, 0x7F, 0xF0, 0, 0, 0, 0, 0, 0],  // a factor that is infinite
      [0x41, 2, 0] + digest + digest + [0x00, 4, 0, 0x00, 1, 0],  // a step back that the flag denies
    ] as [[UInt8]])
  func `what encoding never writes is malformed`(_ bytes: [UInt8]) {
    #expect(throws: RecordError(.malformed, "")) { try drain(bytes) }
  }

  @Test func `two events of one digest, or two equal texts, cannot be gone on with`() {
    let twice: [UInt8] = [0x01, 2, 0] + Self.digest + Self.digest + [0x00, 0, 0, 0x00, 0, 0]
    let texts: [UInt8] = [0x01, 0, 2, 0, 1, 0, 2, 65, 65]
    for bytes in [twice, texts] {
      #expect(throws: RecordError(.malformed, "")) {
        _ = try BehaviorAppender.continuing(bytes.span, currency: RecordSamples.cny)
      }
    }
  }
}
