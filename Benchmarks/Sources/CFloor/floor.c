#include "floor.h"

#include <malloc.h>
#include <pthread.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { behavior = 3, block = 4096, header = 62, overhead = 78, associated = 45, most = 1 << 20 };

static const unsigned char key[33] = "one fixed key for every record..";

static void put(unsigned char *out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) out[i] = (unsigned char)(value >> (8 * (bytes - 1 - i)));
}

// The 45 bytes that a record is bound to (FORMATS section 5), but for the vault's id, which is zero here.
static void associate(unsigned char *out, uint64_t ordinal, uint64_t chunk, uint64_t version) {
  out[0] = 1;
  out[1] = 1;
  memset(out + 2, 0, 16);
  out[18] = behavior;
  uint64_t swapped = __builtin_bswap64(ordinal);
  memcpy(out + 19, &swapped, 8);
  put(out + 27, chunk, 4);
  swapped = __builtin_bswap64(version);
  memcpy(out + 31, &swapped, 8);
  put(out + 39, 1, 4);
  put(out + 43, 1, 2);
}

static int copy_file(const char *from, const char *to) {
  FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
  if (!in || !out) return __LINE__;
  char *buffer = malloc(most);
  size_t count;
  while ((count = fread(buffer, 1, most, in)) > 0)
    if (fwrite(buffer, 1, count, out) != count) return __LINE__;
  free(buffer);
  fclose(in);
  return fclose(out) ? __LINE__ : 0;
}

int floor_prepare(const char *vault, const char *copy) {
  if (sodium_init() < 0) return __LINE__;
  int failed = copy_file(vault, copy);
  if (failed) return failed;
  sqlite3 *db;
  if (sqlite3_open(copy, &db)) return __LINE__;
  if (sqlite3_exec(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536; BEGIN", 0, 0, 0))
    return __LINE__;
  sqlite3_stmt *read, *write;
  if (sqlite3_prepare_v2(
        db, "SELECT ordinal, chunk, version, sealed FROM record WHERE class = 3 ORDER BY ordinal, chunk", -1, &read, 0))
    return __LINE__;
  if (sqlite3_prepare_v2(
        db, "UPDATE record SET sealed = ? WHERE class = 3 AND ordinal = ? AND chunk = ?", -1, &write, 0))
    return __LINE__;
  unsigned char *sealed = malloc(most), *plain = malloc(most), data[associated];
  int code;
  while ((code = sqlite3_step(read)) == SQLITE_ROW) {
    sqlite3_int64 ordinal = sqlite3_column_int64(read, 0), chunk = sqlite3_column_int64(read, 1);
    int count = sqlite3_column_bytes(read, 3);
    if (count < overhead || count > most) return __LINE__;
    memcpy(sealed, sqlite3_column_blob(read, 3), (size_t)count);
    randombytes_buf(plain, (size_t)(count - overhead));
    associate(data, (uint64_t)ordinal, (uint64_t)chunk, (uint64_t)sqlite3_column_int64(read, 2));
    crypto_aead_xchacha20poly1305_ietf_encrypt(
      sealed + header, 0, plain, (unsigned long long)(count - overhead), data, associated, 0, sealed + 6, key);
    sqlite3_bind_blob(write, 1, sealed, count, SQLITE_STATIC);
    sqlite3_bind_int64(write, 2, ordinal);
    sqlite3_bind_int64(write, 3, chunk);
    if (sqlite3_step(write) != SQLITE_DONE) return __LINE__;
    sqlite3_reset(write);
  }
  if (code != SQLITE_DONE) return __LINE__;
  sqlite3_finalize(read);
  sqlite3_finalize(write);
  free(sealed);
  free(plain);
  if (sqlite3_exec(db, "COMMIT", 0, 0, 0)) return __LINE__;
  return sqlite3_close(db) ? __LINE__ : 0;
}

typedef struct {
  const char *path;
  uint64_t universe;
  atomic_ullong next;
  atomic_ullong records;
  atomic_ullong bytes;
  atomic_int failed;
} job;

static int read_blocks(job *job) {
  sqlite3 *db;
  if (sqlite3_open_v2(job->path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, 0)) return __LINE__;
  // As the vault's readers: a small cache, checked cells, no mapping.
  if (sqlite3_exec(db, "PRAGMA cache_size=-8192; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0", 0, 0, 0)) return __LINE__;
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v2(
        db,
        "SELECT ordinal, chunk, version, sealed FROM record "
        "WHERE class = 3 AND ordinal >= ? AND ordinal < ? ORDER BY ordinal, chunk",
        -1, &statement, 0))
    return __LINE__;
  unsigned char *plain = malloc(most), data[associated];
  uint64_t records = 0, bytes = 0, first;
  while ((first = atomic_fetch_add(&job->next, 1) * block) < job->universe) {
    if (sqlite3_exec(db, "BEGIN", 0, 0, 0)) return __LINE__;
    uint64_t end = first + block < job->universe ? first + block : job->universe;
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)first);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)end);
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      const unsigned char *sealed = sqlite3_column_blob(statement, 3);
      int count = sqlite3_column_bytes(statement, 3);
      if (count < overhead || count > most) return __LINE__;
      associate(
        data, (uint64_t)sqlite3_column_int64(statement, 0), (uint64_t)sqlite3_column_int64(statement, 1),
        (uint64_t)sqlite3_column_int64(statement, 2));
      if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain, 0, 0, sealed + header, (unsigned long long)(count - header), data, associated, sealed + 6, key))
        return __LINE__;
      records++;
      bytes += (uint64_t)count;
    }
    if (code != SQLITE_DONE) return __LINE__;
    sqlite3_reset(statement);
    if (sqlite3_exec(db, "COMMIT", 0, 0, 0)) return __LINE__;
  }
  sqlite3_finalize(statement);
  sqlite3_close(db);
  free(plain);
  atomic_fetch_add(&job->records, records);
  atomic_fetch_add(&job->bytes, bytes);
  return 0;
}

static void *work(void *argument) {
  job *shared = argument;
  int failed = read_blocks(shared);
  if (failed) atomic_store(&shared->failed, failed);
  return 0;
}

int floor_run(const char *copy, uint64_t universe, int threads, floor_result *result) {
  if (sodium_init() < 0 || threads < 1 || threads > 64) return __LINE__;
  job shared = {.path = copy, .universe = universe};
  pthread_t others[64];
  for (int i = 1; i < threads; i++)
    if (pthread_create(&others[i], 0, work, &shared)) return __LINE__;
  work(&shared);
  for (int i = 1; i < threads; i++) pthread_join(others[i], 0);
  result->records = atomic_load(&shared.records);
  result->bytes = atomic_load(&shared.bytes);
  return atomic_load(&shared.failed);
}

void memory_reset(void) {
  malloc_trim(0);
  FILE *file = fopen("/proc/self/clear_refs", "w");
  if (!file) return;
  fputs("5", file);
  fclose(file);
}

long memory_peak(void) {
  FILE *file = fopen("/proc/self/status", "r");
  if (!file) return 0;
  char line[256];
  long peak = 0;
  while (fgets(line, sizeof line, file))
    if (sscanf(line, "VmHWM: %ld", &peak) == 1) break;
  fclose(file);
  return peak;
}
