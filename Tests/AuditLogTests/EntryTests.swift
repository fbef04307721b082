import Sodium
import Testing

@testable import AuditLog

@Suite("Envelope")
struct EnvelopeTests {
  private func digest(_ byte: UInt8) -> Digest32 { SHA256.hash([byte]) }

  private func envelope(_ kind: Envelope.Kind = .access, statement: JSONValue? = nil) -> Envelope {
    Envelope(
      seq: 7, time: LogTime(nanoseconds: 1_764_076_822_000_000_001), kind: kind, state: digest(1),
      governance: digest(2), what: digest(3), who: digest(4), sealed: digest(5), statement: statement)
  }

  @Test("every kind survives, and its bytes are canonical JSON")
  func roundTrip() throws {
    for kind in Envelope.Kind.allCases {
      for statement in [
        nil, JSONValue.object(["type": "grant", "prev": "x", "n": 1, "list": [1, "é", .null]]),
      ] {
        let envelope = envelope(kind, statement: statement)
        let bytes = try envelope.encoded()
        #expect(try Envelope(decoding: bytes) == envelope)
        #expect(CanonicalJSON.isCanonical(bytes))
      }
    }
  }

  @Test("the bytes are the ones that are documented")
  func bytes() throws {
    let zero = Base64.encode([UInt8](repeating: 0, count: 32))
    let plain = Envelope(
      seq: 0, time: LogTime(nanoseconds: 0), kind: .log, state: .zero, governance: .zero, what: .zero,
      who: .zero,
      sealed: .zero)
    let expected = """
      {"governance":"\(zero)","kind":"log","sealed":"\(zero)","seq":"0","state":"\(zero)",\
      "t":"1970-01-01T00:00:00.000000000Z","v":1,"what":"\(zero)","who":"\(zero)"}
      """
    #expect(String(decoding: try plain.encoded(), as: UTF8.self) == expected)
  }

  @Test("no byte can be changed, added or taken away without being refused or read as what it then says")
  func everyByteCounts() throws {
    let bytes = try envelope(.governance, statement: ["a": "b"]).encoded()
    for index in bytes.indices {
      for value: UInt8 in [0x20, 0x22, 0x41, 0x30, bytes[index] ^ 1] where value != bytes[index] {
        var changed = bytes
        changed[index] = value
        guard let read = try? Envelope(decoding: changed) else { continue }
        #expect(try read.encoded() == changed)
      }
      var shorter = bytes
      shorter.remove(at: index)
      if let read = try? Envelope(decoding: shorter) { #expect(try read.encoded() == shorter) }
      var longer = bytes
      longer.insert(0x20, at: index)
      if let read = try? Envelope(decoding: longer) { #expect(try read.encoded() == longer) }
    }
  }

  private func altered(_ old: String, _ new: String) throws -> [UInt8] {
    let text = String(
      decoding: try envelope(.governance, statement: ["a": 1, "b": 2]).encoded(), as: UTF8.self)
    #expect(text.contains(old))
    return Array(text.replacing(old, with: new).utf8)
  }

  @Test("an unknown field, another version, another form and an impossible time are told apart")
  func refusals() throws {
    let cases: [(String, String, LogError.Code)] = [
      (#""v":1"#, #""v":1,"w":0"#, .unknownField), (#""v":1"#, #""v":2"#, .unknownVersion),
      (#""v":1"#, #""v": 1"#, .notCanonical), (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, .malformed),
      ("\"seq\":\"7\"", "\"seq\":\"07\"", .malformed), ("\"seq\":\"7\"", "\"seq\":7", .malformed),
      ("\"seq\":\"7\"", "\"seq\":\"\"", .malformed),
      ("\"seq\":\"7\"", "\"seq\":\"18446744073709551616\"", .malformed),
      ("governance\",\"sealed", "other\",\"sealed", .malformed), ("2025-11-25", "2025-02-30", .malformed),
      ("2025-11-25", "2025-11-5", .malformed), (#"{"a":1,"b":2}"#, #"{"a":1,"a":2}"#, .malformed),
      (#"{"a":1,"b":2}"#, #"{"a":1.5}"#, .outOfBounds), ("}", "}\n", .notCanonical),
    ]
    for (old, new, code) in cases {
      let bytes = try altered(old, new)
      #expect(throws: LogError(code, ""), "\(new)") { try Envelope(decoding: bytes) }
    }
  }

  @Test("an envelope that no bundle can hold is not written")
  func limit() {
    let long = envelope(.governance, statement: .string(String(repeating: "a", count: 65_536)))
    #expect(throws: LogError(.outOfBounds, "")) { try long.encoded() }
  }
}

@Suite("Log time")
struct LogTimeTests {
  @Test(
    "known times have their known text, both ways",
    arguments: [
      (0, "1970-01-01T00:00:00.000000000Z"), (1_000_000_000, "1970-01-01T00:00:01.000000000Z"),
      (951_782_400_000_000_000, "2000-02-29T00:00:00.000000000Z"),
      (1_764_076_822_123_456_789, "2025-11-25T13:20:22.123456789Z"),
      (4_107_542_399_999_999_999, "2100-02-28T23:59:59.999999999Z"),
      (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000000Z"),
    ] as [(UInt64, String)])
  func knownTimes(nanoseconds: UInt64, text: String) throws {
    #expect(LogTime(nanoseconds: nanoseconds).description == text)
    #expect(try LogTime(text).nanoseconds == nanoseconds)
  }

  @Test("every seventh day of four centuries survives")
  func everySeventhDay() throws {
    for day in stride(from: 0 as UInt64, to: 146_097, by: 7) {
      let time = LogTime(nanoseconds: day * 86_400_000_000_000 + 43_200_000_000_001)
      #expect(try LogTime(time.description) == time)
    }
  }

  @Test(
    "another form of a time is refused",
    arguments: [
      "", "2025-11-25T13:20:22Z", "2025-11-25T13:20:22.123Z", "2025-11-25 13:20:22.123456789Z",
      "2025-11-25T13:20:22.123456789+00:00", "2025-13-01T00:00:00.000000000Z",
      "2025-02-29T00:00:00.000000000Z",
      "1900-01-01T00:00:00.000000000Z", "2025-11-25T24:00:00.000000000Z", "2025-11-25T23:59:60.000000000Z",
      "2025-11-25t13:20:22.123456789z", "2025-11-00T13:20:22.123456789Z", "2025-11-25T13:20:22.12345678aZ",
      "2554-01-01T00:00:00.000000000Z",
    ])
  func malformed(text: String) {
    #expect(throws: LogError(.malformed, "")) { try LogTime(text) }
  }
}

@Suite("Parts of an entry")
struct PartTests {
  private let reference = SetReference(universe: 10, count: 3, root: SHA256.hash([1]), directory: 4)

  private var whats: [WhatPart] {
    [
      WhatPart(action: "customer.show", outcome: .allowed),
      WhatPart(
        action: "customer.reveal", purpose: "support", legalBasis: "contract", subjects: .one("C-0123"),
        object: .init(classes: ["identity"], fields: ["phone"]), count: 1, outcome: .denied, phase: .intent,
        ref: 3,
        policy: SHA256.hash([2]), details: ["rule": "consent"]),
      WhatPart(
        action: "score.run", subjects: .set(reference), count: .max, outcome: .error(code: "disk"),
        phase: .result),
    ]
  }

  private var who: WhoPart {
    WhoPart(
      actor: "ada", key: "0123456789abcdef", role: "agent", session: "s", origin: "host", ticket: "T-1",
      mono: .max)
  }

  @Test("what and who survive, and their bytes are canonical")
  func roundTrip() throws {
    for what in whats {
      let bytes = try what.encoded()
      #expect(try WhatPart(decoding: bytes) == what)
      #expect(CanonicalJSON.isCanonical(bytes))
    }
    var other = who
    other.ticket = nil
    for who in [who, other] { #expect(try WhoPart(decoding: try who.encoded()) == who) }
  }

  @Test("two parts of one content have two salts, and so two hashes")
  func salts() throws {
    let first = WhatPart(action: "a", outcome: .allowed)
    let second = WhatPart(action: "a", outcome: .allowed)
    #expect(SHA256.hash(try first.encoded()) != SHA256.hash(try second.encoded()))
  }

  @Test("unknown, missing and contradictory fields are refused")
  func refusals() throws {
    var what = try #require(try CanonicalJSON.parse(try whats[1].encoded()).object)
    func decode(_ object: JSONObject) throws {
      _ = try WhatPart(decoding: try CanonicalJSON.encode(.object(object)))
    }
    try decode(what)
    for (key, value) in [
      ("colour", "red"), ("set", reference.json), ("outcome", "maybe"), ("phase", "later"), ("ref", "03"),
      ("ref", 3),
      ("object", ["classes": []]), ("object", .null), ("salt", "AAAA"), ("error", "x"),
    ] as [(String, JSONValue)] {
      var changed = what
      changed[key] = value
      #expect(throws: LogError.self, "\(key)") { try decode(changed) }
    }
    what["salt"] = nil
    #expect(throws: LogError(.malformed, "")) { try decode(what) }
    let spaced = Array(
      String(decoding: try whats[0].encoded(), as: UTF8.self).replacing(":", with: ": ").utf8)
    #expect(throws: LogError(.notCanonical, "")) { try WhatPart(decoding: spaced) }
    var person = who
    person.key = "0123456789ABCDEF"
    let bytes = try person.encoded()
    #expect(throws: LogError(.malformed, "")) { try WhoPart(decoding: bytes) }
  }

  @Test("the hash of sealed parts is that of the three hashes in order")
  func sealedParts() {
    let key = SHA256.hash([9])
    let parts = SealedParts(sessionKey: key, what: [1, 2].span, who: [3].span)
    #expect(parts.hash == SHA256.hash(key.bytes + SHA256.hash([1, 2]).bytes + SHA256.hash([3]).bytes))
  }
}
