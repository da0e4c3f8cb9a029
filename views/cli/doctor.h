// SPDX-License-Identifier: Apache-2.0
//
// doctor: What `sbxdeck doctor` looks at, each a line with its level, what was found and what to do. Nothing
// is changed by looking.

#ifndef SBXDECK_VIEWS_CLI_DOCTOR_H
#define SBXDECK_VIEWS_CLI_DOCTOR_H

#include "api/config/config.h"
#include "api/http/http_probe.h"

#include <stdbool.h>
#include <stddef.h>

enum doctor_level { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL, DOCTOR_LEVEL_COUNT };

enum { DOCTOR_LINES = 16, DOCTOR_TEXT_CAP = 640, DOCTOR_ADVICE_CAP = 256, DOCTOR_WAIT_MS = 10000 };

struct doctor_line {
    const char *name;
    enum doctor_level level;
    char text[DOCTOR_TEXT_CAP];     // may have foreign text
    char advice[DOCTOR_ADVICE_CAP]; // "" nothing is to be done
};

struct doctor {
    struct doctor_line lines[DOCTOR_LINES];
    size_t count;
    struct config config; // as set, or the table's own where that can't be read, ...
    bool unread;          // ... in which case the key may be for another server than config's
    struct secret *key;   // NULL: none
    struct http_probe probe;
};

// A line more; its text is added by doctor_say.
struct doctor_line *doctor_add(struct doctor *doctor, const char *name);
// Appends to the text, "; " before it where there is some already; the line's level rises to that one.
void doctor_say(struct doctor_line *line, enum doctor_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// What to do. The first one counts.
void doctor_advise(struct doctor_line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
void doctor_fail(struct doctor_line *line, enum doctor_level level, const struct failure *why);

// Each adds its lines. doctor_key and doctor_network before what depends on the key and the probe.
void doctor_settings(struct doctor *doctor);
void doctor_network(struct doctor *doctor); // and the clock
void doctor_key(struct doctor *doctor);     // and the quota
void doctor_vault(struct doctor *doctor);
void doctor_terminal(struct doctor *doctor);
void doctor_libssh(struct doctor *doctor);
void doctor_ssh(struct doctor *doctor);

// Of libssh, by Debian's version of its package ("0.10.6-0+deb12u3") or by its own ("0.11.4"): it has the
// security fixes of 2026. -1: that can't be told from it.
int doctor_libssh_is_fixed(const char *version);

#endif
