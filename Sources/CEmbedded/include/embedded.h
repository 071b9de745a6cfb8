#pragma once

// Clang knows #embed in every version of C and warns of it before C23.
#pragma clang diagnostic ignored "-Wc23-extensions"

#include <stddef.h>
#include <stdint.h>

// A file of this project whose bytes are in the program.
struct embedded_file {
    // A file's name, or for a fixture the names of its function and of itself, with a slash between them.
    const char *name;
    const uint8_t *bytes;
    size_t length;
};

// The files of the console, which the gateway serves.
size_t console_file_count(void);
struct embedded_file console_file(size_t index);

// The fixtures of the functions.
//
// The files are embedded by #embed (C23), which costs next to nothing at compile time; the compiler compiles the list again when
// one of them changes. A Swift array of a file of 25 KB takes it seven seconds.
size_t fixture_count(void);
struct embedded_file fixture(size_t index);
