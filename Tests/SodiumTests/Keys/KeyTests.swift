import Sodium
import Testing

@Suite("Keys")
struct KeyTests {
  @Test("A key holds the bytes that it was copied from")
  func copies() throws {
    let key = try countingKey(ClassKey.self)
    #expect(key.copy() == counting())
  }

  @Test("A key of another length is refused", arguments: [0, 16, 31, 33, 64])
  func wrongLength(count: Int) {
    let bytes = counting(count: count)
    let code = refusal { () throws(SodiumError) in _ = try Key<ClassKey>.copying(bytes.span) }
    #expect(code == .wrongLength)
  }

  @Test("A purpose decides how long its keys are")
  func purposeLength() {
    #expect(Key<LongKey>.random().copy().count == 64)
    #expect(Key<ClassKey>.random().copy().count == 32)
  }

  @Test("Two random keys differ")
  func random() {
    let first = Key<ClassKey>.random()
    let second = Key<ClassKey>.random()
    #expect(first.copy() != second.copy())
  }

  @Test("A key can be filled in place, and starts as zeros")
  func fills() {
    let key = Key<ClassKey>.filling { span in span[31] = 7 }
    #expect(key.copy() == [UInt8](repeating: 0, count: 31) + [7])
  }

  @Test("What throws while a key is filled comes out as it is")
  func fillThrows() {
    let code = refusal { () throws(SodiumError) in
      _ = try Key<ClassKey>.filling { (_: inout MutableSpan<UInt8>) throws(SodiumError) in
        throw SodiumError(.malformed, "as the test wants it")
      }
    }
    #expect(code == .malformed)
  }

  @Test("A shared key can live in a dictionary")
  func shared() throws {
    let keys = ["identity": SharedKey(try countingKey(ClassKey.self, from: 7))]
    let shared = try #require(keys["identity"])
    #expect(shared.key.copy() == counting(from: 7))
  }
}
