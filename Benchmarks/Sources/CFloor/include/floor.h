// The floor under `score run`: reading a vault's behavior records through SQLite's C API and opening each with
// XChaCha20-Poly1305-IETF and its associated data under one fixed key. No derivation, decoding or scoring.
#ifndef CRMVAULT_FLOOR_H
#define CRMVAULT_FLOOR_H

#include <stdint.h>

// Copies a vault's database and seals each behavior record anew under the fixed key, at the same length and place.
// 0, or the line that failed.
int floor_prepare(const char *_Nonnull vault, const char *_Nonnull copy);

// What a run has read.
typedef struct {
  uint64_t records;
  uint64_t bytes;
} floor_result;

// Reads and opens the records of ordinals below `universe`, in blocks of 4,096. 0, or the line that failed.
int floor_run(const char *_Nonnull copy, uint64_t universe, int threads, floor_result *_Nonnull result);

// Gives free memory back and forgets the peak of memory so far.
void memory_reset(void);

// The peak of memory in KiB since then (VmHWM).
long memory_peak(void);

#endif
