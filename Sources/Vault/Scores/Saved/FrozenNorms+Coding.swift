internal import Scoring
internal import Sodium

/// Frozen norms as bytes: what norms are of, then each factor's. See docs/formats.md.
extension FrozenNorms {
  private static let schema: UInt8 = 1

  /// Adds the encoding to `out`.
  func encode(into out: inout WipedBytes) {
    out.append(Self.schema)
    out.append(text: id)
    out.append(zigzag: Int64(asOf.daysSinceEpoch))
    out.append(varint: UInt64(customers))
    out.append(varint: UInt64(entries.count))
    for entry in entries {
      Self.append(entry.term, to: &out)
      out.append(varint: UInt64(entry.customers))
      out.append(entry.median == nil ? 0 : 1)
      if let median = entry.median { out.append(number: median) }
      Self.append(entry.norm, to: &out)
    }
  }

  private static func append(_ term: CompositeTerm, to out: inout WipedBytes) {
    out.append(text: term.factor.rawValue)
    out.append(number: term.weight)
    out.append(term.direction == .higherIsBetter ? 1 : 2)
    switch term.transform {
    case .none: out.append(0)
    case .logarithm(let unit):
      out.append(1)
      out.append(number: unit)
    case .saturation(let half):
      out.append(2)
      out.append(number: half)
    }
    switch term.normalizer {
    case .fixedRange(let lower, let upper): append(1, lower, upper, to: &out)
    case .winsorizedMinMax(let lower, let upper): append(2, lower, upper, to: &out)
    case .zScore: out.append(3)
    case .robustZScore: out.append(4)
    case .percentile: out.append(5)
    case .quantileBins(let bins):
      out.append(6)
      out.append(varint: UInt64(bins))
    }
  }

  private static func append(_ norm: Norm, to out: inout WipedBytes) {
    switch norm {
    case .range(let lower, let upper): append(1, lower, upper, to: &out)
    case .standard(let centre, let scale): append(2, centre, scale, to: &out)
    case .distribution(let values, let cumulated):
      out.append(3)
      out.append(varint: UInt64(values.count))
      for value in values { out.append(number: value) }
      var before: UInt32 = 0
      for upTo in cumulated {
        out.append(varint: UInt64(upTo &- before))
        before = upTo
      }
    case .breaks(let breaks):
      out.append(4)
      out.append(varint: UInt64(breaks.count))
      for number in breaks { out.append(number: number) }
    }
  }

  private static func append(_ code: UInt8, _ first: Double, _ second: Double, to out: inout WipedBytes) {
    out.append(code)
    out.append(number: first)
    out.append(number: second)
  }

  // MARK: - Decoding

  /// The norms that these bytes are.
  ///
  /// - Throws: `.malformed`.
  static func decoding(_ bytes: UnsafeRawBufferPointer) throws(RecordError) -> FrozenNorms {
    var cursor = unsafe ByteCursor(bytes)
    guard cursor.byte() == schema, let id = cursor.text(upTo: 64) else { throw malformed }
    guard let day = Int32(exactly: cursor.zigzag()) else { throw malformed }
    let customers = cursor.count(upTo: Int(UInt32.max))
    var entries: [Entry] = []
    for _ in 0..<cursor.count(upTo: CompositeFactor.allCases.count) {
      guard let term = term(&cursor) else { throw malformed }
      let known = cursor.count(upTo: Int(UInt32.max))
      let median = cursor.byte() == 0 ? nil : cursor.number()
      guard let norm = norm(&cursor) else { throw malformed }
      entries.append(Entry(term: term, norm: norm, median: median, customers: known))
    }
    guard cursor.isAtEnd, !entries.isEmpty else { throw malformed }
    return FrozenNorms(id: id, asOf: LocalDay(daysSinceEpoch: day), customers: customers, entries: entries)
  }

  private static func term(_ cursor: inout ByteCursor) -> CompositeTerm? {
    guard let factor = cursor.text(upTo: 64).flatMap(CompositeFactor.init(rawValue:)) else { return nil }
    let weight = cursor.number()
    let direction: Direction = cursor.byte() == 1 ? .higherIsBetter : .lowerIsBetter
    let transform: Transform
    switch cursor.byte() {
    case 0: transform = .none
    case 1: transform = .logarithm(unit: cursor.number())
    case 2: transform = .saturation(half: cursor.number())
    default: return nil
    }
    let normalizer: Normalizer
    switch cursor.byte() {
    case 1: normalizer = .fixedRange(lower: cursor.number(), upper: cursor.number())
    case 2: normalizer = .winsorizedMinMax(lower: cursor.number(), upper: cursor.number())
    case 3: normalizer = .zScore
    case 4: normalizer = .robustZScore
    case 5: normalizer = .percentile
    case 6: normalizer = .quantileBins(cursor.count(upTo: 1000))
    default: return nil
    }
    guard !cursor.hasFailed else { return nil }
    return CompositeTerm(
      factor, weight: weight, transform: transform, normalizer: normalizer, direction: direction)
  }

  private static func norm(_ cursor: inout ByteCursor) -> Norm? {
    switch cursor.byte() {
    case 1: return .range(lower: cursor.number(), upper: cursor.number())
    case 2: return .standard(centre: cursor.number(), scale: cursor.number())
    case 3:
      let count = cursor.count(upTo: cursor.remaining / 9)
      let values = (0..<count).map { _ in cursor.number() }
      var upTo: UInt32 = 0
      let cumulated = (0..<count).map { _ in
        upTo &+= UInt32(truncatingIfNeeded: cursor.varint())
        return upTo
      }
      return cursor.hasFailed ? nil : .distribution(values: values, cumulated: cumulated)
    case 4:
      let count = cursor.count(upTo: cursor.remaining / 8)
      let breaks = (0..<count).map { _ in cursor.number() }
      return cursor.hasFailed ? nil : .breaks(breaks)
    default: return nil
    }
  }

  private static var malformed: RecordError {
    RecordError(.malformed, "frozen norms are not what keeping them writes")
  }
}

extension WipedBytes {
  /// Adds an IEEE 754 binary64.
  fileprivate mutating func append(number: Double) { append(fixed64: number.bitPattern) }
}

extension ByteCursor {
  /// An IEEE 754 binary64.
  fileprivate mutating func number() -> Double { Double(bitPattern: fixed64()) }
}
