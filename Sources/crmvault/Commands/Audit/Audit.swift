import ArgumentParser

/// `crmvault audit`
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Read, verify and publish the audit log.",
    discussion: """
      list, show, subject, sample and package open what only auditors and privacy officers can read, and are entries \
      themselves. verify, checkpoint, prove and publish work for every role; verify --keyless and verify-proof for \
      anybody.
      """,
    subcommands: [
      AuditListCommand.self, AuditShowCommand.self, AuditSubjectCommand.self, AuditVerifyCommand.self,
      AuditCheckpointCommand.self, AuditProveCommand.self, AuditVerifyProofCommand.self,
      AuditPublishCommand.self, AuditSampleCommand.self, AuditPackageCommand.self, AuditFlagsCommand.self,
      AuditReviewCommand.self, AuditFollowCommand.self, AuditReportCommand.self,
      AuditWitnessCommand.self, AuditKeyCommand.self, AuditRetentionCommand.self, AuditErase.self,
    ])
}
