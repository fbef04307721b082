extension Migration {
  /// The list of backups that were made.
  static let backups = Migration(
    name: "backups",
    statements: [
      """
      CREATE TABLE "backup" (
        "kind" INTEGER NOT NULL,
        "digest" BLOB NOT NULL,
        "made" INTEGER NOT NULL,
        "bytes" INTEGER NOT NULL,
        "log_size" INTEGER NOT NULL,
        PRIMARY KEY ("kind", "digest")
      ) STRICT, WITHOUT ROWID
      """
    ])
}
