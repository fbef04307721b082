import CCSV
import Ingest
import Testing

/// A small generator with a fixed seed, so that a failure can be repeated (SplitMix64).
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// What libcsv makes of a file.
private final class SecondOpinion {
  var records: [[String]] = []
  var current: [String] = []

  static func records(of text: String) -> [[String]] {
    let opinion = SecondOpinion()
    var parser = unsafe csv_parser()
    unsafe csv_init(&parser, UInt8(CSV_STRICT | CSV_STRICT_FINI))
    unsafe csv_set_space_func(&parser) { _ in 0 }
    let context = unsafe Unmanaged.passUnretained(opinion).toOpaque()
    let field: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Void = {
      guard let context = unsafe $2 else { return }
      let bytes = unsafe UnsafeRawBufferPointer(start: $0, count: $1)
      let opinion = unsafe Unmanaged<SecondOpinion>.fromOpaque(context).takeUnretainedValue()
      unsafe opinion.current.append(String(decoding: bytes, as: UTF8.self))
    }
    let record: @convention(c) (Int32, UnsafeMutableRawPointer?) -> Void = {
      guard let context = unsafe $1 else { return }
      let opinion = unsafe Unmanaged<SecondOpinion>.fromOpaque(context).takeUnretainedValue()
      opinion.records.append(opinion.current)
      opinion.current = []
    }
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes {
      unsafe csv_parse(&parser, $0.baseAddress, $0.count, field, record, context)
    }
    unsafe csv_fini(&parser, field, record, context)
    unsafe csv_free(&parser)
    return opinion.records
  }
}

@Suite("Hostile files") struct HostileFileTests {
  @Test("libcsv reads the same fields from generated files") func secondOpinion() throws {
    var generator = Generator(state: 1)
    let pieces = ["a", "bc", ",", "\"", "\n", "\r\n", " ", "é", "王", "\t"]
    for _ in 0..<200 {
      var text = "account,note,name\n"
      for row in 0..<Int.random(in: 1...8, using: &generator) {
        let note = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
          pieces.randomElement(using: &generator) ?? ""
        }.joined()
        let mustQuote = note.contains { ",\"\n\r\r\n".contains($0) }
        let quoted = "\"" + note.replacing("\"", with: "\"\"") + "\""
        text += "A\(row)," + (mustQuote || Bool.random(using: &generator) ? quoted : note) + ",n"
        text += ["\n", "\r\n", "\n\n", "\r\n\r\n"].randomElement(using: &generator) ?? "\n"
      }
      let reading = try read(text)
      #expect(reading.rejected == [])
      let expected = SecondOpinion.records(of: text).dropFirst()
      #expect(
        reading.rows.map { [$0.account, $0.customer["note"] ?? "", $0.customer["name"] ?? ""] }
          == Array(expected))
      let lines = text.utf8.count { $0 == 0x0A }
      #expect(reading.rows.allSatisfy { (2...lines).contains($0.line) })
    }
  }

  @Test("no damage to a file does more than refuse rows or the file") func damaged() throws {
    var generator = Generator(state: 2)
    let csv =
      "account,time,amount,currency,product\nA1,2024-01-02T03:04:05+08:00,1.50,CNY,\"P \"\"1\"\"\"\r\nA2,2024-01-02,-3,JPY,王\n"
    let json =
      "{\"account\":\"A1\",\"time\":\"2024-01-02\",\"amount\":1.5,\"product\":\"\\u738b\\n\"}\n{\"account\":\"A2\"}\n"
    let fixed = " 0001 20240101   1.50\r\n 0002 20240102 -12.00\n"
    let layout = try Mapping.parse(yaml: MappingFileTests.fixed, name: "fixed")
    let transactions = try Mapping.builtIn(named: "transactions")
    var jsonMapping = transactions
    jsonMapping.format = .jsonLines
    let samples: [(String, Mapping?)] = [
      (csv, transactions), (csv, nil), (json, nil), (json, jsonMapping), (fixed, layout),
    ]
    let interesting: [UInt8] = [
      0, 9, 10, 13, 32, 34, 44, 45, 46, 92, 117, 123, 125, 0x7F, 0x80, 0xC2, 0xED, 0xF4, 0xFF,
    ]
    for round in 0..<1500 {
      let (text, mapping) = samples[round % samples.count]
      var bytes = Array(text.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
        let index = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[index] = interesting.randomElement(using: &generator) ?? 0
        case 1: bytes.insert(interesting.randomElement(using: &generator) ?? 0, at: index)
        case 2: bytes.remove(at: index)
        default: bytes.removeSubrange(index...)
        }
      }
      let lines = bytes.count { $0 == 0x0A } + 1
      do {
        let reading = try read(bytes, mapping)
        #expect(reading.rejections.allSatisfy { (1...lines).contains($0.line) })
        #expect(reading.rows.allSatisfy { (1...lines).contains($0.line) && !$0.account.isEmpty })
      } catch let error as IngestError {
        #expect(error.line.map { (1...lines).contains($0) } ?? true)
      }
    }
  }
}
