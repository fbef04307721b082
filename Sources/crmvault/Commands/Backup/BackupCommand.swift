import ArgumentParser

/// `crmvault backup`
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Backups of the vault, and of the file of customer keys apart from it.",
    subcommands: [
      BackupCreate.self, BackupList.self, BackupVerify.self, BackupWarden.self, BackupRequest.self,
      BackupApprove.self, BackupRestore.self, BackupFinish.self,
    ])
}
