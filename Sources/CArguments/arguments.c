#include "arguments.h"

// glibc hands main's arguments to what runs before main. Swift reads them from /proc, which a sandbox may not have.
static int argument_count;
static char *const *arguments;

__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    arguments = values;
}

int program_argument_count(void) { return argument_count; }
char *const *program_arguments(void) { return arguments; }
