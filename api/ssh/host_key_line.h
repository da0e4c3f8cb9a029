// SPDX-License-Identifier: Apache-2.0
//
// host_key_line: Read the lines of a known_hosts file, and say which of them is about a host: OpenSSH's plain
// names, patterns with * ? and !, hashed names, and the markers in front.

#ifndef SBXDECK_API_SSH_HOST_KEY_LINE_H
#define SBXDECK_API_SSH_HOST_KEY_LINE_H

#include <stdbool.h>
#include <stddef.h>

enum host_key_marker {
    HOST_KEY_UNMARKED,
    HOST_KEY_MARKED_REVOKED,   // @revoked: this key is not to be trusted
    HOST_KEY_MARKED_AUTHORITY, // @cert-authority: hosts whose certificates this key has signed
    HOST_KEY_MARKED_OTHERWISE
};

enum host_key_naming {
    HOST_KEY_NAMES_OTHERS,
    HOST_KEY_NAMES_IT,        // by its whole name, or hashed
    HOST_KEY_NAMES_A_PATTERN, // which it matches
    HOST_KEY_NAMES_UNCLEAR    // hashed in a way that can't be read: it may be this host or not
};

// Points into the text it was read from. Begin with all zero.
struct host_key_line {
    const char *start; // with its end: what is kept or left out as a whole
    size_t length;
    int number; // from 1
    enum host_key_marker marker;
    const char *hosts, *type, *key;
    size_t hosts_length, type_length, key_length;
};

// The next line of *text, which ends at end; false there.
bool host_key_line_next(const char **text, const char *end, struct host_key_line *line);
// name: in small letters, "[host]:port" when the port is not 22.
enum host_key_naming host_key_line_names(const struct host_key_line *line, const char *name);

#endif
