import ArgumentParser

/// `crmvault segment`
struct SegmentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "segment", abstract: "Put customers into segments, by pseudonym.",
    subcommands: [SegmentRunCommand.self, SegmentListCommand.self, SegmentCompareCommand.self])
}
