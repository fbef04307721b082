extension Migration {
  /// The tables of requests and used approvals.
  static let approvals = Migration(
    name: "approvals",
    statements: [
      """
      CREATE TABLE "request" (
        "number" INTEGER NOT NULL,
        "hash" BLOB NOT NULL,
        "sealed" BLOB NOT NULL,
        "answer" BLOB,
        PRIMARY KEY ("number")
      ) STRICT
      """,
      """
      CREATE TABLE "used_approval" (
        "request" BLOB NOT NULL,
        "seq" INTEGER NOT NULL,
        "approval" BLOB NOT NULL,
        PRIMARY KEY ("request")
      ) STRICT, WITHOUT ROWID
      """,
    ])
}
