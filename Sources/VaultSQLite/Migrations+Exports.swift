extension Migration {
  /// The tables of format version 5: what has left, and what was spent of privacy budgets.
  static let exports = Migration(
    name: "exports",
    statements: [
      """
      CREATE TABLE "release" (
        "id" BLOB NOT NULL,
        "seq" INTEGER NOT NULL,
        "sealed" BLOB NOT NULL,
        "officer_share" BLOB,
        "custodian_share" BLOB,
        PRIMARY KEY ("id")
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE "budget" (
        "release" BLOB NOT NULL,
        "seq" INTEGER NOT NULL,
        "sealed" BLOB NOT NULL,
        PRIMARY KEY ("release")
      ) STRICT, WITHOUT ROWID
      """,
    ])
}
