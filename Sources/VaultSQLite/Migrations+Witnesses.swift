extension Migration {
  /// The tables of format version 2: witnesses, and what they have cosigned.
  static let witnesses = Migration(
    name: "witnesses",
    statements: [
      """
      CREATE TABLE "witness" (
        "name" BLOB NOT NULL,
        "vkey" TEXT NOT NULL,
        "url" TEXT NOT NULL,
        PRIMARY KEY ("name")
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE "cosignature" (
        "size" INTEGER NOT NULL,
        "note" BLOB NOT NULL,
        PRIMARY KEY ("size")
      ) STRICT
      """,
    ])
}
