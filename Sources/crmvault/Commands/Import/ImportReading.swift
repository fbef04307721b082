import Ingest
import Sodium
import Vault

/// Reads the file: once to validate it whole, then once for each group to feed it.
final class ImportReading {
  /// What the validation found.
  struct Validated {
    let hash: [UInt8]
    let mapping: String
    let rows: Int
    let rejected: Int
    let extraColumns: [String]
    let fields: [FieldName]
    let stagedBytes: Int
  }

  /// Hashes the blocks of the file as they are read.
  private final class Hasher {
    var stream: BLAKE2b.Stream? = BLAKE2b.Stream(count: 32)
    func take() -> [UInt8] {
      var taken: BLAKE2b.Stream?
      swap(&taken, &stream)
      return taken?.finalize() ?? []
    }
  }

  private let input: ImportInput
  private let mapping: Mapping?
  private let rules: ImportRules
  private let skips: Bool
  private let currency: Ingest.CurrencyCode

  init(_ input: consuming ImportInput, _ mapping: Mapping?, _ rules: ImportRules, skips: Bool) throws {
    self.input = input
    self.mapping = mapping
    self.rules = rules
    self.skips = skips
    guard let currency = Ingest.CurrencyCode(rules.settings.currency) else {
      throw CommandFailure.configuration(
        "unknown_currency", "the vault's currency has no known number of decimals")
    }
    self.currency = currency
  }

  private func open(_ hasher: Hasher) throws -> RowReader {
    var options = ReaderOptions(defaultCurrency: currency)
    options.onError = skips ? .skip : .stop
    options.onBlock = { hasher.stream?.update($0) }
    return try RowReader.open(
      descriptor: input.rewound(), file: input.path, mapping: mapping, options: options)
  }

  /// Reads the whole file and writes nothing but the listing of refused rows.
  func validate(listing: RejectsListing?, on console: Console) throws -> Validated {
    let hasher = Hasher()
    var reader = try open(hasher)
    let total = reader.progress.totalBytes.map { Int($0) } ?? 0
    let progress = Progress("validating", of: total, on: console)
    defer { progress.finish() }
    var check = try ImportCheck(reader.mapping, rules, file: input.path)
    var told = 0
    var rejected = 0
    while let step = try reader.next() {
      switch step {
      case .row:
        if let rejection = try reader.withRow({ try check.reject($0) }) {
          guard skips else { throw check.error(rejection) }
          rejected += 1
          try listing?.write(rejection)
        }
      case .rejected(let rejection):
        rejected += 1
        try listing?.write(rejection)
      }
      if reader.progress.rows & 4095 == 0 {
        let read = Int(reader.progress.bytesRead)
        progress.advance(by: read - told)
        told = read
      }
    }
    try listing?.finish()
    return Validated(
      hash: hasher.take(), mapping: reader.mapping.name, rows: check.rows, rejected: rejected,
      extraColumns: reader.extraColumns, fields: check.fields, stagedBytes: check.stagedBytes)
  }

  /// Lists the rows of accounts whose customers were erased; the import took none of them.
  func list(_ suppressed: SuppressedAccounts, in listing: RejectsListing) throws {
    var reader = try open(Hasher())
    var check = try ImportCheck(reader.mapping, rules, file: input.path)
    let field = reader.mapping.account.columns.first ?? "account"
    while let step = try reader.next() {
      guard case .row = step else { continue }
      let line: Int? = try reader.withRow { row in
        // What the validation has refused is listed already.
        if skips, try check.reject(row) != nil { return nil }
        let isListed = try row.withAccount { account in
          try ImportFeed.comparable(account) { account throws(VaultError) in suppressed.contains(account) }
        }
        return isListed ? row.line : nil
      }
      if let line { try listing.write(Rejection(line: line, field: field, code: .suppressed)) }
    }
    try listing.finish()
  }

  /// Feeds the rows of one group.
  func feed(_ staging: ImportStaging, expecting hash: [UInt8], _ progress: Progress) throws {
    let hasher = Hasher()
    var reader = try open(hasher)
    var check = try ImportCheck(reader.mapping, rules, file: input.path)
    var feed = ImportFeed(staging, check.fields, rules)
    var told = 0
    while let step = try reader.next() {
      guard case .row = step else { continue }
      try reader.withRow { row in
        if skips, try check.reject(row) != nil { return }
        try feed.feed(row)
      }
      if reader.progress.rows & 8191 == 0 {
        progress.advance(by: reader.progress.rows - told)
        told = reader.progress.rows
      }
    }
    guard hasher.take() == hash else {
      throw CommandFailure.badInput(
        "file_changed", "\(input.path): the file changed while it was read",
        hints: "import it again when it is whole")
    }
  }
}
