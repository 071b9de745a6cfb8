#include "embedded.h"

// EmbeddedFilesTests writes this file: POSTBACKS_WRITE_REFERENCE=1 ./Tests/run --filter EmbeddedFilesTests


static const struct embedded_file files[] = {
    {0, 0, 0},
};

// The entry without a name ends the list, which may be empty.
size_t console_file_count(void) { return sizeof files / sizeof *files - 1; }
struct embedded_file console_file(size_t index) { return files[index]; }
