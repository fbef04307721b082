import AuditLog
import Vault

/// What a machine is told, once, of a vault that goes on from a backup.
enum RestorationNotice {
  /// The text.
  static func text(_ passed: PassedRestoration) -> String {
    let restoration = passed.restoration
    let asked = TimeText.utc(restoration.request.time)
    var text =
      "this vault was restored from a backup (asked for by \(restoration.request.name) at \(asked), "
      + (restoration.approval == nil ? "nobody was there to approve it" : "approved by a privacy officer")
      + "): it goes on from entry \(restoration.size), and this machine had seen \(passed.seenSize)"
    if passed.seenMoreThanKnown {
      text += "; that is more than those who restored it knew of: tell the privacy officer"
    }
    return text
  }
}
