internal import Sodium

/// Recognizes customers who were erased among those who are new to an import, by the tags that erasures keep.
struct ImportSuppression {
  private let tags: SuppressionTags

  /// Nil where nobody was ever erased: then nothing is computed.
  init?(_ run: ImportRun, _ context: Session.AccessContext, _ reader: any StoreReader) throws {
    guard try SuppressionTags.isInUse(reader) else { return nil }
    tags = try SuppressionTags(context, reader, run.warden)
  }

  /// Whether the account of a customer, or a phone or e-mail of the rows, is that of somebody who was erased.
  func recognizes(
    _ customer: Int, in run: ImportRun, _ reader: any StoreReader, for receipt: borrowing AccessReceipt
  ) throws -> Bool {
    let account = run.staging.accounts.bytes(customer)
    let source = IndexedField.account(source: run.file.source)
    let tag = try account.withSpan { try tags.tag($0, source, for: receipt) }
    if try SuppressionTags.contains(tag, reader) { return true }
    guard run.staging.needs[customer].contains(.fields) else { return false }
    var items: [Int] = []
    ImportItem.places(customer, in: run.staging, into: &items)
    let fields = try run.fields(items)
    return try tags.tags(of: fields.identity, for: receipt).contains {
      try SuppressionTags.contains($0, reader)
    }
  }
}
