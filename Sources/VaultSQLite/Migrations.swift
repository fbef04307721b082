import Vault

/// A named change of the database's tables. Migrations are append-only: one that was released is never
/// edited, since vaults hold its text (the schema is compared, letter by letter, at every open).
struct Migration: Sendable {
  /// What it does, in a few words.
  let name: String
  /// The statements, each the creation of one object.
  let statements: [String]

  /// All migrations in order. A vault's format version is the number of those that it has had.
  static let all: [Migration] = [
    firstTables, witnesses, approvals, subjects, blocks, backups, exports,
  ]

  /// The tables of format version 1.
  ///
  /// A single integer key is SQLite's rowid, so that its rows are appended; all other tables are
  /// `WITHOUT ROWID`, clustered by their key.
  static let firstTables = Migration(
    name: "first tables",
    statements: [
      """
      CREATE TABLE "person" (
        "key_id" BLOB NOT NULL,
        "name" TEXT NOT NULL,
        "signing_key" BLOB NOT NULL,
        "box_key" BLOB NOT NULL,
        PRIMARY KEY ("key_id")
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE "policy" (
        "hash" BLOB NOT NULL,
        "text" TEXT NOT NULL,
        PRIMARY KEY ("hash")
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE "key_grant" (
        "kind" INTEGER NOT NULL,
        "subject" INTEGER NOT NULL,
        "epoch" INTEGER NOT NULL,
        "recipient" BLOB NOT NULL,
        "sealed" BLOB NOT NULL,
        PRIMARY KEY ("kind", "subject", "epoch", "recipient")
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE "directory" (
        "ordinal" INTEGER NOT NULL,
        "pseudonym" BLOB NOT NULL,
        "state" INTEGER NOT NULL,
        "merged_into" INTEGER,
        PRIMARY KEY ("ordinal")
      ) STRICT
      """,
      """
      CREATE INDEX "directory_gone" ON "directory" ("ordinal") WHERE "state" <> 0
      """,
      """
      CREATE TABLE "record" (
        "class" INTEGER NOT NULL,
        "ordinal" INTEGER NOT NULL,
        "chunk" INTEGER NOT NULL,
        "version" INTEGER NOT NULL,
        "sealed" BLOB NOT NULL,
        PRIMARY KEY ("class", "ordinal", "chunk")
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE "blind_index" (
        "digest" BLOB NOT NULL,
        "ordinal" INTEGER NOT NULL,
        "epoch" INTEGER NOT NULL,
        PRIMARY KEY ("digest", "ordinal")
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE "permission" (
        "purpose" BLOB NOT NULL,
        "first_ordinal" INTEGER NOT NULL,
        "version" INTEGER NOT NULL,
        "sealed" BLOB NOT NULL,
        PRIMARY KEY ("purpose", "first_ordinal")
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE "import_run" (
        "id" BLOB NOT NULL,
        "state" INTEGER NOT NULL,
        "rows" INTEGER NOT NULL,
        "started_seq" INTEGER NOT NULL,
        PRIMARY KEY ("id")
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE "entry" (
        "seq" INTEGER NOT NULL,
        "kind" INTEGER NOT NULL,
        "session" INTEGER NOT NULL,
        "envelope" BLOB NOT NULL,
        "what" BLOB,
        "who" BLOB,
        PRIMARY KEY ("seq")
      ) STRICT
      """,
      """
      CREATE TABLE "session" (
        "id" INTEGER NOT NULL,
        "epoch" INTEGER NOT NULL,
        "sealed" BLOB NOT NULL,
        PRIMARY KEY ("id")
      ) STRICT
      """,
      """
      CREATE TABLE "checkpoint" (
        "size" INTEGER NOT NULL,
        "note" BLOB NOT NULL,
        "frontier" BLOB NOT NULL,
        PRIMARY KEY ("size")
      ) STRICT
      """,
      """
      CREATE TABLE "subject_set" (
        "root" BLOB NOT NULL,
        "seq" INTEGER NOT NULL,
        "sealed" BLOB NOT NULL,
        PRIMARY KEY ("root")
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE "commitment" (
        "id" INTEGER NOT NULL,
        "sum" BLOB NOT NULL,
        PRIMARY KEY ("id")
      ) STRICT
      """,
      """
      CREATE TABLE "statement" (
        "seq" INTEGER NOT NULL,
        PRIMARY KEY ("seq")
      ) STRICT
      """,
      """
      CREATE TABLE "enrolment" (
        "seq" INTEGER NOT NULL,
        "first_ordinal" INTEGER NOT NULL,
        "count" INTEGER NOT NULL,
        "sealed" BLOB NOT NULL,
        PRIMARY KEY ("seq")
      ) STRICT
      """,
    ])
}
