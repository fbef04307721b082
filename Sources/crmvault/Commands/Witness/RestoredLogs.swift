import AuditLog
import Vault
import Witness

/// Whether a witness may take logs under the names that they have since they were restored from backups.
struct RestoredLogs {
  private let rule: WitnessRule
  private let book: HeadBook

  /// The logs of a witness, and what it remembers.
  init(_ rule: WitnessRule, _ book: HeadBook) {
    self.rule = rule
    self.book = book
  }

  /// Refuses a log's new name where the log was seen under one before, unless a published log shows the statement.
  func check(_ folders: [String], on console: Console) async throws {
    for name in rule.logs.keys.sorted() where book.head(of: name) == nil {
      let origin = LogOrigin(name)
      guard origin.number > 1, let seen = lastSeen(before: origin) else { continue }
      guard try await isShown(origin, seen, folders, console) else {
        throw CommandFailure(
          "restore_not_shown",
          "the log \(name) follows \(seen.checkpoint.origin), of which \(seen.checkpoint.size) entries were seen here",
          hint: "have it published (crmvault audit publish), and add --restored DIR", exit: .integrity)
      }
    }
  }

  /// What was last seen of the log under an earlier name.
  private func lastSeen(before origin: LogOrigin) -> HeadBook.Head? {
    book.all.filter {
      let name = LogOrigin($0.checkpoint.origin)
      return name.base == origin.base && name.number < origin.number
    }.max { LogOrigin($0.checkpoint.origin).number < LogOrigin($1.checkpoint.origin).number }
  }

  private func isShown(_ origin: LogOrigin, _ seen: HeadBook.Head, _ folders: [String], _ console: Console)
    async throws -> Bool
  {
    let keys = rule.logs.filter { LogOrigin($0.key).base == origin.base }.flatMap(\.value)
    for folder in folders {
      let report = try await EvidenceVerification.published(
        folder, keys: keys, kept: [seen.note], workers: Processors.count)
      guard report.isOK, let restoration = report.restorations.last(where: { $0.origin == origin.number })
      else {
        let why = report.problems.first.map { ": \($0.text)" } ?? ""
        console.warning("\(folder) does not show that the log was restored as \(origin.text)\(why)")
        continue
      }
      console.notice(
        "\(origin.text) goes on from a backup of \(restoration.size) entries, asked for by \(restoration.request.name); "
          + "\(seen.checkpoint.size) entries were seen here.")
      return true
    }
    return false
  }
}
