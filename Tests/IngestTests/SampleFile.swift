import Glibc
import Ingest
import Testing

/// A file in memory with these bytes.
struct SampleFile: ~Copyable {
  let descriptor: CInt

  init(_ bytes: [UInt8]) {
    guard let stream = unsafe tmpfile() else { preconditionFailure("no temporary file") }
    descriptor = unsafe dup(fileno(stream))
    unsafe fclose(stream)
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written)
      }
      precondition(count > 0)
      written += count
    }
    lseek(descriptor, 0, SEEK_SET)
  }

  init(_ text: String) {
    self.init(Array(text.utf8))
  }

  private init(descriptor: CInt) {
    self.descriptor = descriptor
  }

  /// A file that exists.
  static func existing(_ path: String) throws -> SampleFile {
    let descriptor = unsafe open(path, O_RDONLY)
    try #require(descriptor >= 0)
    return SampleFile(descriptor: descriptor)
  }

  deinit {
    close(descriptor)
  }

  func bytes() -> [UInt8] {
    var all: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4096)
    lseek(descriptor, 0, SEEK_SET)
    while true {
      let count = unsafe block.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return all }
      all += block[..<count]
    }
  }
}

/// What a test wants to see of a row, as strings. The made-up values here are nobody's.
struct SeenRow: Equatable {
  var line: Int
  var account: String
  var customer: [String: String] = [:]
  var event: [String: String] = [:]
  var content: [UInt8] = []

  init(_ row: borrowing ImportRow) {
    line = row.line
    account = row.withAccount(Self.string)
    var customer: [String: String] = [:]
    row.forEachCustomerField { field, bytes in customer[field.description] = Self.string(bytes) }
    self.customer = customer
    content = row.withEventContent { bytes in bytes.indices.map { bytes[$0] } } ?? []
    func put(_ name: String, _ text: ImportText?) {
      if let text { event[name] = row.withText(text, Self.string) }
    }
    switch row.event {
    case nil: break
    case .transaction(let transaction):
      putTime(transaction.time)
      event["amount"] = "\(transaction.amountMinor)"
      event["currency"] = "\(transaction.currency)"
      put("product", transaction.product)
      put("category", transaction.category)
      put("channel", transaction.channel)
      put("order_id", transaction.orderID)
      put("refund_of", transaction.refundOf)
    case .rating(let rating):
      putTime(rating.time)
      event["product_quality"] = rating.productQuality.map { "\($0)" }
      event["service_quality"] = rating.serviceQuality.map { "\($0)" }
      event["price_satisfaction"] = rating.priceSatisfaction.map { "\($0)" }
    case .referral(let referral):
      putTime(referral.time)
      put("referred_account", referral.referredAccount)
      event["value"] = referral.valueMinor.map { "\($0)" }
    case .consent(let consent):
      putTime(consent.time)
      put("purpose", consent.purpose)
      event["state"] = "\(consent.state)"
      put("source", consent.source)
      put("text_version", consent.textVersion)
    case .factors(let factors):
      for (field, value) in zip(EventField.factors, factors.all) {
        event[field.description] = value.map { "\($0)" }
      }
    }
  }

  private mutating func putTime(_ time: ImportTime) {
    event["time"] = "\(time.seconds)\(time.dateOnly ? " date" : "")"
  }

  static func string(_ bytes: Span<UInt8>) -> String {
    String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
  }
}

/// All that came out of a file.
struct Reading {
  var rows: [SeenRow] = []
  var rejections: [Rejection] = []
  var extraColumns: [String] = []
  var mapping = ""

  /// `line field code` of each rejection.
  var rejected: [String] { rejections.map { "\($0.line) \($0.field ?? "-") \($0.code)" } }
}

let yuan = CurrencyCode("CNY")

func options(_ onError: ReaderOptions.OnError = .skip) throws -> ReaderOptions {
  var options = ReaderOptions(defaultCurrency: try #require(yuan))
  options.onError = onError
  return options
}

func read(
  _ file: borrowing SampleFile, _ mapping: Mapping? = nil, onError: ReaderOptions.OnError = .skip
) throws -> Reading {
  var reader = try RowReader.open(
    descriptor: file.descriptor, file: "sample", mapping: mapping, options: try options(onError))
  var reading = Reading()
  try reader.forEachRow(rejected: { reading.rejections.append($0) }) { row in
    reading.rows.append(SeenRow(row))
  }
  reading.extraColumns = reader.extraColumns
  reading.mapping = reader.mapping.name
  return reading
}

func read(_ text: String, _ mapping: Mapping? = nil) throws -> Reading {
  try read(SampleFile(text), mapping)
}

func read(_ bytes: [UInt8], _ mapping: Mapping? = nil) throws -> Reading {
  try read(SampleFile(bytes), mapping)
}

/// The error that reading these bytes as a whole ends with.
func failure(_ bytes: [UInt8], _ mapping: Mapping? = nil, onError: ReaderOptions.OnError = .skip)
  -> IngestError?
{
  do {
    _ = try read(SampleFile(bytes), mapping, onError: onError)
    return nil
  } catch {
    return error as? IngestError
  }
}

func failure(_ text: String, _ mapping: Mapping? = nil, onError: ReaderOptions.OnError = .skip)
  -> IngestError?
{
  failure(Array(text.utf8), mapping, onError: onError)
}
