// SPDX-License-Identifier: Apache-2.0
//
// config_text: The settings file as its lines, parsed once: "name = value", a comment, or a section such as
// [keys] or [profile work]. A value goes to the end of its line: nothing in it is a comment, and no line
// continues on the next one. All lines are there, also where others are wrong, so that each fault can be
// named.

#ifndef SBXDECK_API_CONFIG_CONFIG_TEXT_H
#define SBXDECK_API_CONFIG_CONFIG_TEXT_H

#include "api/base/bytebuf.h"
#include "api/base/status.h"
#include "api/config/config_section.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    CONFIG_LINE_MAX = 4096,        // bytes of a line without its end; a longer one is refused
    CONFIG_FILE_MAX = 1024 * 1024, // of the whole file
    CONFIG_SETTINGS_MAX = 2048     // options and headers: a running console checks them between two frames
};

struct config_line {
    int number; // from 1
    const char
        *section; // "" before any, "keys", "profile work" (one blank); of an unknown one nothing else's
    const char *name, *value;
    size_t at, length; // the whole line in the file's bytes, without its end
    int header;        // of its section: an index of headers, from 1; 0 none, -1 an unknown one
};
// The line [section].
struct config_header {
    int number;
    char section[CONFIG_SECTION_CAP];
    size_t at, length;
};
// What is wrong with a line; 0: with the file, or with what is not in it.
struct config_fault {
    int line;
    struct failure why; // its message without the place
};

struct config_text {
    char *path;
    bool there;          // false: no such file; it has no lines
    const char *open_to; // who else may write it, so that what runs programs or passes on the key must not be
                         // taken from it; NULL: nobody
    struct bytebuf raw;  // as it stands on the disk
    struct config_line *lines;
    struct config_header *headers;
    struct config_fault
        *faults; // of form: no option, no section, NUL, too long; by line; not all of too many
    size_t count, header_count, fault_count;
};

// Reads and parses; a file that isn't there has no lines: OK, there is false. BAD_ARGUMENT: it can't be read,
// is no file, or is too large. Blocks on the disk, never on a FIFO; any thread. *out is the caller's, NULL
// unless OK.
enum status config_text_read(const char *path, struct config_text **out, struct failure *why);
// The same of these bytes. path: for messages.
enum status config_text_parse(const char *path, const char *bytes, size_t length, struct config_text **out,
                              struct failure *why);
void config_text_free(struct config_text *text); // NULL is fine

// The last one of that name in that section, which is the one that counts; NULL: none.
const struct config_line *config_text_find(const struct config_text *text, const char *section,
                                           const char *name);

// Takes a line, or says in *why (message, advice) what is wrong with it, without its place.
typedef bool config_line_take(void *ctx, const struct config_line *line, const char *open_to,
                              struct failure *why);
typedef void config_fault_take(void *ctx, int line, const struct failure *why);
// The lines of a section in their order, up to the first that is not taken: BAD_ARGUMENT names file and line.
enum status config_text_each(const struct config_text *text, const char *section, config_line_take *take,
                             void *ctx, struct failure *why);
// All of them; what is wrong goes to fault, up to some hundred times.
void config_text_check_each(const struct config_text *text, const char *section, config_line_take *take,
                            void *ctx, config_fault_take *fault, void *fault_ctx);

// The fault as it is told: "path:line: message", with its advice. Returns BAD_ARGUMENT.
enum status config_text_fail(const struct config_text *text, int line, const struct failure *fault,
                             struct failure *why);

#endif
