// What the benchmarks measure against, written in C against SQLite and libsodium alone.
#include "floor.h"
#include "log_floor.h"
