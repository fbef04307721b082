import ArgumentParser
import Vault

/// `crmvault subject`
struct SubjectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "subject",
    abstract: "Carry out a customer's rights: reports, erasure, restriction, legal holds.",
    discussion: """
      For privacy officers. Each of these but a report is a signed statement in the log, which anybody can verify; it names the \
      customer by a number that means nothing to others.
      """,
    subcommands: [
      SubjectReportCommand.self, SubjectErase.self, SubjectHold.self, SubjectReleaseHold.self,
      SubjectRestrict.self,
      SubjectUnrestrict.self,
    ])
}

/// Data classes as an argument.
enum DataClassList {
  /// The classes of a list with commas, or all for `all`.
  static func parse(_ text: String, _ option: String) throws(CommandFailure) -> Set<DataClass> {
    guard text != "all" else { return Set(DataClass.allCases) }
    var classes: Set<DataClass> = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let found = DataClass(name: String(name)) else {
        throw .usage(
          "bad_class", "\(option) takes data classes with commas between them, or 'all'",
          hints: "classes: \(DataClass.allCases.map(\.name).joined(separator: ", "))")
      }
      classes.insert(found)
    }
    return classes
  }
}
