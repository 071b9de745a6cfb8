#include "arguments.h"

#include <sys/auxv.h>

// glibc passes main's arguments to constructors. Swift reads them from /proc, which may be missing in a sandbox.
static int argument_count;
static char *const *arguments;

__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    arguments = values;
}

int program_argument_count(void) { return argument_count; }
char *const *program_arguments(void) { return arguments; }

// The kernel tells a program where it has put its loader. It puts none beside a loader that is started itself.
int is_started_by_carried_loader(void) { return getauxval(AT_BASE) == 0; }
