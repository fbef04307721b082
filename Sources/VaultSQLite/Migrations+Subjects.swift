extension Migration {
  /// The tables of what customers' rights leave behind: merges, tags of erased identifiers, erasures under way.
  static let subjects = Migration(
    name: "subjects",
    statements: [
      """
      CREATE TABLE "merge_link" (
        "target" INTEGER NOT NULL,
        "source" INTEGER NOT NULL,
        "seq" INTEGER NOT NULL,
        "tag" BLOB NOT NULL,
        PRIMARY KEY ("target", "source")
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE "suppression" (
        "tag" BLOB NOT NULL,
        "seq" INTEGER NOT NULL,
        PRIMARY KEY ("tag")
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE "erasure_run" (
        "seq" INTEGER NOT NULL,
        PRIMARY KEY ("seq")
      ) STRICT
      """,
    ])
}
