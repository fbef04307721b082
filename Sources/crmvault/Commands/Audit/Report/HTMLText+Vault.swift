import Anonymization
import Page
import Sodium

extension HTMLText {
  /// A number of customers: small cells tell too much of the few.
  static func customers(_ count: UInt64) -> String {
    let threshold = UInt64(SuppressedTable.threshold)
    return (1..<threshold).contains(count) ? "under \(threshold)" : number(count)
  }

  /// The source expression of a content security policy for this text in an element.
  static func policyHash(_ text: String) -> String {
    "'sha256-\(Base64.encode(SHA256.hash(Array(text.utf8)).bytes))'"
  }
}
