#include "log_floor.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { largest = 4096 };

struct log_floor {
  sqlite3 *db;
  sqlite3_stmt *begin, *commit, *entry, *checkpoint;
  sqlite3_int64 seq;
};

static const char *const settings =
  "PRAGMA page_size=4096; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON;"
  "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA synchronous=EXTRA; PRAGMA secure_delete=ON;"
  "PRAGMA cache_size=-65536; PRAGMA journal_mode=DELETE;"
  "CREATE TABLE entry(seq INTEGER NOT NULL PRIMARY KEY, kind INTEGER NOT NULL, session INTEGER NOT NULL,"
  " envelope BLOB NOT NULL, what BLOB, who BLOB) STRICT;"
  "CREATE TABLE checkpoint(size INTEGER NOT NULL PRIMARY KEY, note BLOB NOT NULL, frontier BLOB NOT NULL) STRICT";

log_floor *log_floor_open(const char *path) {
  if (sodium_init() < 0) return 0;
  log_floor *floor = calloc(1, sizeof *floor);
  if (!floor || sqlite3_open(path, &floor->db) || sqlite3_exec(floor->db, settings, 0, 0, 0)) return 0;
  if (sqlite3_prepare_v2(floor->db, "BEGIN IMMEDIATE", -1, &floor->begin, 0) ||
      sqlite3_prepare_v2(floor->db, "COMMIT", -1, &floor->commit, 0) ||
      sqlite3_prepare_v2(floor->db, "INSERT INTO entry VALUES(?,1,?,?,?,?)", -1, &floor->entry, 0) ||
      sqlite3_prepare_v2(floor->db, "INSERT INTO checkpoint VALUES(?,?,?)", -1, &floor->checkpoint, 0))
    return 0;
  return floor;
}

static int run(sqlite3_stmt *statement) {
  int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  return code == SQLITE_DONE ? 0 : __LINE__;
}

int log_floor_commit(log_floor *floor, int entries, log_floor_sizes sizes) {
  static unsigned char bytes[5][largest];
  int counts[5] = {sizes.envelope, sizes.what, sizes.who, sizes.note, sizes.frontier};
  for (int i = 0; i < 5; i++)
    if (counts[i] < 0 || counts[i] > largest) return __LINE__;
  // Bytes that no page packs better than ciphertext; they are made before the clock of a commit would notice.
  randombytes_buf(bytes[0], 64);
  if (run(floor->begin)) return __LINE__;
  for (int i = 0; i < entries; i++) {
    sqlite3_bind_int64(floor->entry, 1, floor->seq++);
    sqlite3_bind_int64(floor->entry, 2, 0x1234567812345678);
    for (int part = 0; part < 3; part++)
      sqlite3_bind_blob(floor->entry, 3 + part, bytes[part], counts[part], SQLITE_STATIC);
    if (run(floor->entry)) return __LINE__;
  }
  sqlite3_bind_int64(floor->checkpoint, 1, floor->seq);
  sqlite3_bind_blob(floor->checkpoint, 2, bytes[3], counts[3], SQLITE_STATIC);
  sqlite3_bind_blob(floor->checkpoint, 3, bytes[4], counts[4], SQLITE_STATIC);
  if (run(floor->checkpoint)) return __LINE__;
  return run(floor->commit) ? __LINE__ : 0;
}

static int lengths(sqlite3 *db, const char *sql, int *out, int count) {
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, 0)) return __LINE__;
  int failed = sqlite3_step(statement) == SQLITE_ROW ? 0 : __LINE__;
  for (int i = 0; i < count && !failed; i++) out[i] = sqlite3_column_int(statement, i);
  sqlite3_finalize(statement);
  return failed;
}

int log_floor_measure(const char *vault, log_floor_sizes *sizes) {
  sqlite3 *db;
  if (sqlite3_open_v2(vault, &db, SQLITE_OPEN_READONLY, 0)) return __LINE__;
  int entry[3], checkpoint[2];
  int failed = lengths(
    db, "SELECT length(envelope), length(what), length(who) FROM entry ORDER BY seq DESC LIMIT 1", entry, 3);
  if (!failed)
    failed = lengths(
      db, "SELECT length(note), length(frontier) FROM checkpoint ORDER BY size DESC LIMIT 1", checkpoint, 2);
  sqlite3_close(db);
  *sizes = (log_floor_sizes){entry[0], entry[1], entry[2], checkpoint[0], checkpoint[1]};
  return failed;
}

void log_floor_close(log_floor *floor) {
  sqlite3_finalize(floor->begin);
  sqlite3_finalize(floor->commit);
  sqlite3_finalize(floor->entry);
  sqlite3_finalize(floor->checkpoint);
  sqlite3_close(floor->db);
  free(floor);
}
