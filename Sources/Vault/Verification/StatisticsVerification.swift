internal import Sodium

/// The statistics blocks of one stretch of customers after another, held against the events.
final class StatisticsVerification {
  /// A block in a box, so that several can be kept.
  private final class Opened {
    let block: SlottedBlock
    init(_ block: consuming SlottedBlock) { self.block = block }
  }

  /// Adds up the events that are to be compared.
  let feed: StatisticsFeed
  private let blocks: SlottedBlocks
  private let warden: any Warden
  private var opened: [UInt64: Opened] = [:]

  /// - Throws: as opening the class key and the zone does.
  init(_ context: Session.AccessContext, _ work: RecordWork) throws {
    feed = StatisticsFeed(days: try LocalDays(zone: context.settings.zone), currency: work.currency)
    blocks = SlottedBlocks(
      series: .statistics, vault: context.vaultID,
      classKey: try context.keys.classKey(.behavior, context.reader))
    warden = work.warden
  }

  /// Opens every block of a stretch of customers.
  func load(_ ordinals: Range<UInt64>, _ reader: any StoreReader, _ report: inout VerificationReport) throws {
    opened = [:]
    do {
      try SlottedBlockRow.scan(blocks.series, ordinals, reader) { row in
        var block = SlottedBlock(blocks.series, containing: row.first)
        do {
          try row.open(into: &block, vault: blocks.vault, classKey: blocks.classKey.key)
          opened[row.first] = Opened(block)
        } catch { try report.note(error, .block) }
        return true
      }
    } catch { try report.note(error, .block) }
  }

  /// Compares a customer's slot, where there is one, with what was fed. A customer of whom nothing is kept is as one
  /// whose events were written before there were statistics.
  func compare(
    _ ordinal: UInt64, hasRecords: Bool, for receipt: borrowing AccessReceipt,
    _ report: inout VerificationReport
  ) throws {
    guard let block = opened[SlotSeries.first(containing: ordinal)], block.block.isPresent(ordinal) else {
      return
    }
    guard hasRecords else {
      report.report(nil, .block, "statistics are kept of a customer without behavior")
      return
    }
    do {
      let key = try warden.key(of: .behavior, ordinal: ordinal, for: receipt)
      var content = WipedBytes(capacity: StatisticsSlot.byteCount)
      _ = try block.block.read(ordinal, customerKey: key, for: receipt, into: &content)
      report.openedSlots += 1
      let isEqual = feed.withContent { expected in content.withBytes { $0.isEqual(to: expected) } }
      if !isEqual {
        report.report(nil, .block, "a customer's statistics are not those of the events")
      }
    } catch { try report.note(error, .block) }
  }
}

extension ContentVerification {
  /// Whether a row of the block table is one that this program writes, of a customer who may be there, and of a
  /// saved run or of norms that the catalogue has.
  static func isBlock(_ row: Row, universe: UInt64, _ catalogued: Set<Value>) -> Bool {
    guard row.values.count == 6, case .integer(let code) = row.values[0],
      case .integer(let kind) = row.values[1],
      let dataClass = UInt8(exactly: code).flatMap(DataClass.init(rawValue:)),
      let kind = UInt8(exactly: kind).flatMap(BlockAddress.Kind.init(rawValue:)),
      case .blob(let bytes) = row.values[2], let object = BlockAddress.Object(bytes),
      case .integer(let first) = row.values[3], first >= 0, kind == .norms || UInt64(first) < universe,
      SlotSeries.first(containing: UInt64(first)) == UInt64(first),
      case .integer(let version) = row.values[4], version >= 0, case .blob = row.values[5]
    else { return false }
    return switch kind {
    case .statistics: dataClass == .behavior && object == .none
    case .scores, .norms: dataClass == .score && catalogued.contains(row.values[2])
    case .ledger: dataClass == .score && object != .none
    case .permission, .catalogue, .release, .charge: false
    }
  }
}
