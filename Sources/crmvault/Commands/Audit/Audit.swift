import ArgumentParser

/// `crmvault audit`
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Read, verify and publish the audit log.",
    discussion: """
      list, show and subject open what only auditors and privacy officers can read, and are entries themselves. \
      verify, checkpoint, prove and publish work for every role; verify --keyless works for anybody.
      """,
    subcommands: [
      AuditListCommand.self, AuditShowCommand.self, AuditSubjectCommand.self, AuditVerifyCommand.self,
      AuditCheckpointCommand.self, AuditProveCommand.self, AuditPublishCommand.self, AuditFlagsCommand.self,
      AuditReviewCommand.self, AuditFollowCommand.self, AuditReportCommand.self,
    ])
}
