#include "embedded.h"

// EmbeddedFilesTests writes this file: POSTBACKS_WRITE_REFERENCE=1 ./Tests/run --filter EmbeddedFilesTests

static const uint8_t console_file_0[] = {
#embed "../../local-runtime/Console/attempt.js"
};
static const uint8_t console_file_1[] = {
#embed "../../local-runtime/Console/call.js"
};
static const uint8_t console_file_2[] = {
#embed "../../local-runtime/Console/conversion.js"
};
static const uint8_t console_file_3[] = {
#embed "../../local-runtime/Console/conversions.js"
};
static const uint8_t console_file_4[] = {
#embed "../../local-runtime/Console/copy.js"
};
static const uint8_t console_file_5[] = {
#embed "../../local-runtime/Console/deliveries.js"
};
static const uint8_t console_file_6[] = {
#embed "../../local-runtime/Console/dialog.js"
};
static const uint8_t console_file_7[] = {
#embed "../../local-runtime/Console/dom.js"
};
static const uint8_t console_file_8[] = {
#embed "../../local-runtime/Console/form.js"
};
static const uint8_t console_file_9[] = {
#embed "../../local-runtime/Console/functions.js"
};
static const uint8_t console_file_10[] = {
#embed "../../local-runtime/Console/health.js"
};
static const uint8_t console_file_11[] = {
#embed "../../local-runtime/Console/icon.svg"
};
static const uint8_t console_file_12[] = {
#embed "../../local-runtime/Console/kit.js"
};
static const uint8_t console_file_13[] = {
#embed "../../local-runtime/Console/list.css"
};
static const uint8_t console_file_14[] = {
#embed "../../local-runtime/Console/list.js"
};
static const uint8_t console_file_15[] = {
#embed "../../local-runtime/Console/macros.js"
};
static const uint8_t console_file_16[] = {
#embed "../../local-runtime/Console/offer-dialog.js"
};
static const uint8_t console_file_17[] = {
#embed "../../local-runtime/Console/offer.js"
};
static const uint8_t console_file_18[] = {
#embed "../../local-runtime/Console/offers.js"
};
static const uint8_t console_file_19[] = {
#embed "../../local-runtime/Console/page.css"
};
static const uint8_t console_file_20[] = {
#embed "../../local-runtime/Console/page.html"
};
static const uint8_t console_file_21[] = {
#embed "../../local-runtime/Console/pairs.js"
};
static const uint8_t console_file_22[] = {
#embed "../../local-runtime/Console/plot.js"
};
static const uint8_t console_file_23[] = {
#embed "../../local-runtime/Console/postback-actions.js"
};
static const uint8_t console_file_24[] = {
#embed "../../local-runtime/Console/postback-fields.js"
};
static const uint8_t console_file_25[] = {
#embed "../../local-runtime/Console/postback.js"
};
static const uint8_t console_file_26[] = {
#embed "../../local-runtime/Console/preview.js"
};
static const uint8_t console_file_27[] = {
#embed "../../local-runtime/Console/query.js"
};
static const uint8_t console_file_28[] = {
#embed "../../local-runtime/Console/resend.js"
};
static const uint8_t console_file_29[] = {
#embed "../../local-runtime/Console/session.js"
};
static const uint8_t console_file_30[] = {
#embed "../../local-runtime/Console/shell.js"
};
static const uint8_t console_file_31[] = {
#embed "../../local-runtime/Console/status.js"
};
static const uint8_t console_file_32[] = {
#embed "../../local-runtime/Console/text.js"
};

static const struct embedded_file files[] = {
    {"attempt.js", console_file_0, sizeof console_file_0},
    {"call.js", console_file_1, sizeof console_file_1},
    {"conversion.js", console_file_2, sizeof console_file_2},
    {"conversions.js", console_file_3, sizeof console_file_3},
    {"copy.js", console_file_4, sizeof console_file_4},
    {"deliveries.js", console_file_5, sizeof console_file_5},
    {"dialog.js", console_file_6, sizeof console_file_6},
    {"dom.js", console_file_7, sizeof console_file_7},
    {"form.js", console_file_8, sizeof console_file_8},
    {"functions.js", console_file_9, sizeof console_file_9},
    {"health.js", console_file_10, sizeof console_file_10},
    {"icon.svg", console_file_11, sizeof console_file_11},
    {"kit.js", console_file_12, sizeof console_file_12},
    {"list.css", console_file_13, sizeof console_file_13},
    {"list.js", console_file_14, sizeof console_file_14},
    {"macros.js", console_file_15, sizeof console_file_15},
    {"offer-dialog.js", console_file_16, sizeof console_file_16},
    {"offer.js", console_file_17, sizeof console_file_17},
    {"offers.js", console_file_18, sizeof console_file_18},
    {"page.css", console_file_19, sizeof console_file_19},
    {"page.html", console_file_20, sizeof console_file_20},
    {"pairs.js", console_file_21, sizeof console_file_21},
    {"plot.js", console_file_22, sizeof console_file_22},
    {"postback-actions.js", console_file_23, sizeof console_file_23},
    {"postback-fields.js", console_file_24, sizeof console_file_24},
    {"postback.js", console_file_25, sizeof console_file_25},
    {"preview.js", console_file_26, sizeof console_file_26},
    {"query.js", console_file_27, sizeof console_file_27},
    {"resend.js", console_file_28, sizeof console_file_28},
    {"session.js", console_file_29, sizeof console_file_29},
    {"shell.js", console_file_30, sizeof console_file_30},
    {"status.js", console_file_31, sizeof console_file_31},
    {"text.js", console_file_32, sizeof console_file_32},
    {0, 0, 0},
};

// The entry without a name ends the list, which may be empty.
size_t console_file_count(void) { return sizeof files / sizeof *files - 1; }
struct embedded_file console_file(size_t index) { return files[index]; }
