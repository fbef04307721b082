// What Swift cannot call: C declares it with variable arguments, or only for GNU sources.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Forbids core dumps and attaching debuggers. Returns 0, or -1 with errno set.
static inline int crmvault_make_undumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

/// The effective value: 0 when the process cannot be dumped.
static inline int crmvault_is_dumpable(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }

/// pipe2(2). Returns 0, or -1 with errno set.
static inline int crmvault_pipe(int *_Nonnull ends, int flags) {
  return (int)syscall(SYS_pipe2, ends, flags);
}

/// Exchanges two names in one step (renameat2(2), RENAME_EXCHANGE). Returns 0, or -1 with errno set.
static inline int crmvault_exchange(const char *_Nonnull one, const char *_Nonnull two) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, two, 2);
}
