extension Migration {
  /// The tables of format version 4: slotted blocks, and what scores are saved in them.
  static let blocks = Migration(
    name: "blocks",
    statements: [
      """
      CREATE TABLE "block" (
        "class" INTEGER NOT NULL,
        "kind" INTEGER NOT NULL,
        "object" BLOB NOT NULL,
        "first_ordinal" INTEGER NOT NULL,
        "version" INTEGER NOT NULL,
        "sealed" BLOB NOT NULL,
        PRIMARY KEY ("class", "kind", "object", "first_ordinal")
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE "score_set" (
        "id" BLOB NOT NULL,
        "kind" INTEGER NOT NULL,
        "state" INTEGER NOT NULL,
        "version" INTEGER NOT NULL,
        "sealed" BLOB NOT NULL,
        PRIMARY KEY ("id")
      ) STRICT, WITHOUT ROWID
      """,
    ])
}
