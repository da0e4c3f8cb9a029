// SPDX-License-Identifier: Apache-2.0
//
// ssh_include: Find our Include line in the text of the user's ~/.ssh/config, put it in and take it out;
// every other byte stays. Pure.

#ifndef SBXDECK_API_TOOLS_SSH_INCLUDE_H
#define SBXDECK_API_TOOLS_SSH_INCLUDE_H

#include "api/base/bytebuf.h"

#include <stdbool.h>

struct ssh_include {
    const char *line; // "Include /…/ssh/config", without an end
    const char *path; // which it names
    const char *home; // what ~ means in other lines; may be ""
};

enum ssh_include_state {
    SSH_INCLUDE_ABSENT,
    SSH_INCLUDE_THERE,   // once, before any Host and Match, as we write it
    SSH_INCLUDE_ALTERED, // a line names the path in another way
    SSH_INCLUDE_BEHIND,  // it stands behind a Host or Match, where it isn't for all hosts
    SSH_INCLUDE_TWICE,
    SSH_INCLUDE_NO_TEXT, // a byte order mark or NUL: ssh doesn't take that either
};

struct ssh_include_place {
    int line;             // from 1; 0: absent
    size_t start, length; // of the line with its end
};
enum ssh_include_state ssh_include_find(const struct ssh_include *include, const char *text, size_t length,
                                        struct ssh_include_place *place);

// The text with the line at its top, with the same line ends. Must be absent. TOO_LARGE, NO_MEMORY.
enum status ssh_include_put(const struct ssh_include *include, const char *text, size_t length,
                            struct bytebuf *out) __attribute__((warn_unused_result));
// The text without what stands at that place.
enum status ssh_include_take(const struct ssh_include_place *place, const char *text, size_t length,
                             struct bytebuf *out) __attribute__((warn_unused_result));

#endif
