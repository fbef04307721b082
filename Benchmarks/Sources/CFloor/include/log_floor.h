// The floor under the log: bare SQLite transactions of the same bytes, under the same settings.
#ifndef CRMVAULT_LOG_FLOOR_H
#define CRMVAULT_LOG_FLOOR_H

#include <stdint.h>

typedef struct log_floor log_floor;

// Opens a new database with a vault's settings and tables of the log. NULL where it fails.
log_floor *_Nullable log_floor_open(const char *_Nonnull path);

// The bytes that one entry's row holds, and the rows of one commit beside them.
typedef struct {
  int envelope, what, who, note, frontier;
} log_floor_sizes;

// Commits so many entries of these sizes and one checkpoint. 0, or the line that failed.
int log_floor_commit(log_floor *_Nonnull floor, int entries, log_floor_sizes sizes);

// The sizes of the newest entry of a vault, and of its newest checkpoint. 0, or the line that failed.
int log_floor_measure(const char *_Nonnull vault, log_floor_sizes *_Nonnull sizes);

// Closes the database.
void log_floor_close(log_floor *_Nonnull floor);

#endif
