// GNU and Linux calls that Swift's Glibc module does not export.
#include <signal.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/statvfs.h>
#include <sys/epoll.h>
#include <sys/socket.h>

extern char **environ;

extern int pipe2(int ends[2], int flags);
extern int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

// Swift treats the variable itself as unsafe.
static inline char **current_environment(void) { return environ; }

// Swift cannot call variadic functions.
static inline int terminal_columns(int descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
static inline void forbid_core_dump(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

// Swift does not import constants that are casts.
static inline int is_ignoring(const struct sigaction *action) { return action->sa_handler == SIG_IGN; }
