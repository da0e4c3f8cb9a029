// SPDX-License-Identifier: Apache-2.0
//
// host_key_line: Read the lines of a known_hosts file, and say which of them is about a host.
//
// A hashed name takes HMAC-SHA1, which libssh has and does not export; but it says of a whole line whether it
// is a host's, so it is asked about a line of that name and a key that is always good.

#include "api/ssh/host_key_line.h"

#include <libssh/libssh.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAME_CAP = 1024, HASH_BYTES = 20 };

static const char *field(const char *at, const char *end, const char **start, size_t *length)
{
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    *start = at;
    while (at < end && *at != ' ' && *at != '\t' && *at != '\r' && *at != '\n')
        at++;
    *length = (size_t)(at - *start);
    return at;
}

static bool is(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}

bool host_key_line_next(const char **text, const char *end, struct host_key_line *line)
{
    if (*text >= end)
        return false;
    const char *newline = memchr(*text, '\n', (size_t)(end - *text));
    const char *next = newline != NULL ? newline + 1 : end;
    const char *at = *text;
    line->start = at;
    line->length = (size_t)(next - at);
    line->number++;
    line->marker = HOST_KEY_UNMARKED;
    at = field(at, next, &line->hosts, &line->hosts_length);
    if (line->hosts_length > 0 && line->hosts[0] == '@') {
        line->marker = is(line->hosts, line->hosts_length, "@revoked")          ? HOST_KEY_MARKED_REVOKED
                       : is(line->hosts, line->hosts_length, "@cert-authority") ? HOST_KEY_MARKED_AUTHORITY
                                                                                : HOST_KEY_MARKED_OTHERWISE;
        at = field(at, next, &line->hosts, &line->hosts_length);
    }
    at = field(at, next, &line->type, &line->type_length);
    (void)field(at, next, &line->key, &line->key_length);
    *text = next;
    return true;
}

// Whether libssh takes such a name, pattern or hash for that host's.
static bool libssh_matches(const char *pattern, size_t length, const char *name)
{
    static const char key[] =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    char line[NAME_CAP + sizeof key + 1];
    struct ssh_knownhosts_entry *entry = NULL;
    if (length > NAME_CAP)
        return false;
    (void)snprintf(line, sizeof line, "%.*s %s", (int)length, pattern, key);
    if (ssh_known_hosts_parse_line(name, line, &entry) != SSH_OK)
        return false;
    ssh_knownhosts_entry_free(entry);
    return true;
}

static bool is_hash_part(const char *text, size_t length)
{
    unsigned char bytes[HASH_BYTES];
    size_t count = 0;
    return sodium_base642bin(bytes, sizeof bytes, text, length, NULL, &count, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           count == HASH_BYTES;
}

// "|1|salt|hash"
static enum host_key_naming hash_names(const struct host_key_line *line, const char *name)
{
    const char *salt = line->hosts + 3;
    const char *end = line->hosts + line->hosts_length;
    const char *bar = line->hosts_length > 3 ? memchr(salt, '|', (size_t)(end - salt)) : NULL;
    if (bar == NULL || memcmp(line->hosts, "|1|", 3) != 0 || !is_hash_part(salt, (size_t)(bar - salt)) ||
        !is_hash_part(bar + 1, (size_t)(end - bar - 1)))
        return HOST_KEY_NAMES_UNCLEAR;
    return libssh_matches(line->hosts, line->hosts_length, name) ? HOST_KEY_NAMES_IT : HOST_KEY_NAMES_OTHERS;
}

enum host_key_naming host_key_line_names(const struct host_key_line *line, const char *name)
{
    enum host_key_naming naming = HOST_KEY_NAMES_OTHERS;
    size_t name_length = strlen(name);
    const char *at = line->hosts;
    const char *end = at + line->hosts_length;
    if (at == end || *at == '#')
        return naming;
    if (*at == '|')
        return hash_names(line, name);
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma != NULL ? comma : end;
        bool negated = *at == '!';
        const char *pattern = negated ? at + 1 : at;
        size_t length = (size_t)(stop - pattern);
        bool whole = length == name_length && strncasecmp(pattern, name, length) == 0;
        // "[host]:22" is written for "host" too.
        bool wild = length > 0 && (*pattern == '[' || memchr(pattern, '*', length) != NULL ||
                                   memchr(pattern, '?', length) != NULL);
        bool matches = whole || (wild && libssh_matches(pattern, length, name));
        if (matches && negated)
            return HOST_KEY_NAMES_OTHERS; // whatever else the line names
        if (matches && naming != HOST_KEY_NAMES_IT)
            naming = whole ? HOST_KEY_NAMES_IT : HOST_KEY_NAMES_A_PATTERN;
        at = comma != NULL ? comma + 1 : end;
    }
    return naming;
}
