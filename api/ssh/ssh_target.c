// SPDX-License-Identifier: Apache-2.0
//
// ssh_target: Decide where to connect for a credential, and read its ssh_command.
//
// The command is read word by word with a whitelist of characters first, so that nothing a shell would take
// for something else ever gets near a connection. Of ssh's options only those that name the user and the port
// count; of the others it is known which have a value, to step over them.

#include "api/ssh/ssh_target.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { PORT_DEFAULT = 22, PORT_MAX = 65535, NAME_MAX_LENGTH = 253, LABEL_MAX = 63, WORD_CAP = COMMAND_CAP };

static const char letters_digits[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static bool is_letter_or_digit(char c)
{
    return c != '\0' && strchr(letters_digits, c) != NULL;
}

static bool user_is_valid(const char *user)
{
    size_t length = strlen(user);
    if (length == 0 || length >= ID_CAP || !(is_letter_or_digit(user[0]) || user[0] == '_'))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_letter_or_digit(user[i]) && strchr("._-", user[i]) == NULL)
            return false;
    return true;
}

static bool label_is_valid(const char *label, size_t length)
{
    if (length == 0 || length > LABEL_MAX || label[0] == '-' || label[length - 1] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_letter_or_digit(label[i]) && label[i] != '-' && label[i] != '_')
            return false;
    return true;
}

// A DNS name or an IPv4 address. A name that ends in a number is only the address it spells out in full:
// resolvers would take "127.1" and "0x7f.1" for addresses too.
static bool name_is_valid(const char *host)
{
    struct in_addr address;
    const char *label = host;
    size_t length = strlen(host);
    if (length == 0 || length > NAME_MAX_LENGTH)
        return false;
    for (;;) {
        size_t label_length = strcspn(label, ".");
        if (!label_is_valid(label, label_length))
            return false;
        if (label[label_length] == '\0')
            break;
        label += label_length + 1;
    }
    if (strspn(label, "0123456789") == strlen(label) || strncasecmp(label, "0x", 2) == 0)
        return inet_pton(AF_INET, host, &address) == 1;
    return true;
}

static bool is_zone(const char *zone)
{
    enum { ZONE_MAX = 15 }; // the longest name of an interface
    size_t length = strlen(zone);
    if (length == 0 || length > ZONE_MAX)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_letter_or_digit(zone[i]) && strchr("._-", zone[i]) == NULL)
            return false;
    return true;
}

static bool is_ipv6(const char *host)
{
    struct in6_addr address;
    char bare[INET6_ADDRSTRLEN];
    size_t length = strcspn(host, "%");
    if (length >= sizeof bare || (host[length] == '%' && !is_zone(host + length + 1)))
        return false;
    (void)snprintf(bare, sizeof bare, "%.*s", (int)length, host);
    return inet_pton(AF_INET6, bare, &address) == 1;
}

// host as written: an IPv6 address with or without brackets, a name perhaps with the dot of the root at its
// end. out gets it without.
static bool host_take(const char *host, char out[HOST_CAP])
{
    char bare[HOST_CAP];
    size_t length = strlen(host);
    if (length == 0 || length >= sizeof bare)
        return false;
    bool bracketed = host[0] == '[';
    if (bracketed && (length < 3 || host[length - 1] != ']'))
        return false;
    (void)snprintf(bare, sizeof bare, "%.*s", (int)(bracketed ? length - 2 : length), host + bracketed);
    if (strchr(bare, ':') != NULL || bracketed) {
        if (!is_ipv6(bare))
            return false;
    } else {
        if (bare[length - 1] == '.')
            bare[length - 1] = '\0';
        if (!name_is_valid(bare))
            return false;
    }
    memcpy(out, bare, sizeof bare);
    return true;
}

static int port_of(const char *text)
{
    int port = 0;
    size_t length = strlen(text);
    if (length == 0 || length > 5 || strspn(text, "0123456789") != length || text[0] == '0')
        return 0;
    for (size_t i = 0; i < length; i++)
        port = port * 10 + (text[i] - '0');
    return port <= PORT_MAX ? port : 0;
}

// --- the command ---

struct reader {
    const char *rest;
    char word[WORD_CAP];
    struct ssh_target target; // user "", host "" and port 0 until named
};

static bool word_next(struct reader *reader)
{
    reader->rest += strspn(reader->rest, " ");
    size_t length = strcspn(reader->rest, " ");
    if (length == 0 || length >= sizeof reader->word)
        return false;
    memcpy(reader->word, reader->rest, length);
    reader->word[length] = '\0';
    reader->rest += length;
    return true;
}

// The same may be named twice; two that differ are one too many.
static bool port_take(struct reader *reader, const char *value)
{
    int port = port_of(value);
    if (port == 0 || (reader->target.port != 0 && reader->target.port != port))
        return false;
    reader->target.port = port;
    return true;
}

static bool user_take(struct reader *reader, const char *value)
{
    if (!user_is_valid(value) || (reader->target.user[0] != '\0' && strcmp(reader->target.user, value) != 0))
        return false;
    (void)snprintf(reader->target.user, sizeof reader->target.user, "%s", value);
    return true;
}

// -o NAME=VALUE. How host keys are checked and how a connection is made is ours to say.
static bool setting_take(struct reader *reader, const char *value)
{
    size_t name = strcspn(value, "=");
    if (name == 0 || value[name] == '\0' || value[name + 1] == '\0')
        return false;
    if (strncasecmp(value, "port=", name + 1) == 0)
        return port_take(reader, value + name + 1);
    if (strncasecmp(value, "user=", name + 1) == 0)
        return user_take(reader, value + name + 1);
    return true;
}

// A word of one or more options; the value of the last may be the next word.
static bool options_take(struct reader *reader)
{
    static const char without[] = "46AaCfGgKkMNnqsTtVvXxYy", with[] = "BbcDEeFIiJLlmOopPQRSWw";
    const char *value = reader->word + 1;
    while (*value != '\0' && strchr(without, *value) != NULL)
        value++;
    if (*value == '\0')
        return true;
    char letter = *value++;
    if (strchr(with, letter) == NULL)
        return false;
    if (*value == '\0') {
        if (!word_next(reader))
            return false;
        value = reader->word;
    }
    switch (letter) {
    case 'l':
        return user_take(reader, value);
    case 'o':
        return setting_take(reader, value);
    case 'p':
        return port_take(reader, value);
    default:
        return true;
    }
}

// Of ssh://[USER@]HOST[:PORT][/]: takes the port off, so that [USER@]HOST is left.
static bool uri_take(struct reader *reader, char *rest)
{
    size_t length = strlen(rest);
    if (length > 0 && rest[length - 1] == '/')
        rest[length - 1] = '\0';
    char *colon = strrchr(rest, ':'), *bracket = strrchr(rest, ']');
    if (colon == NULL || colon < bracket)
        return true;
    *colon = '\0';
    return port_take(reader, colon + 1);
}

static bool destination_take(struct reader *reader)
{
    static const char scheme[] = "ssh://";
    char *host = reader->word;
    if (strncmp(host, scheme, sizeof scheme - 1) == 0) {
        host += sizeof scheme - 1;
        if (!uri_take(reader, host))
            return false;
    }
    char *at = strrchr(host, '@');
    if (at != NULL) {
        *at = '\0';
        if (!user_take(reader, host))
            return false;
        host = at + 1;
    }
    return host_take(host, reader->target.host);
}

static bool words_take(struct reader *reader)
{
    bool good = word_next(reader);
    bool only_names = false; // after "--"
    if (good && strncmp(reader->word, "ssh://", 6) == 0)
        good = destination_take(reader);
    else if (good)
        good = strcmp(reader->word, "ssh") == 0;
    while (good && word_next(reader)) {
        bool has_host = reader->target.host[0] != '\0';
        if (strcmp(reader->word, "--") == 0 && !only_names && !has_host)
            only_names = true;
        else if (reader->word[0] == '-' && reader->word[1] != '\0' && !only_names)
            good = options_take(reader);
        else
            good = !has_host && destination_take(reader);
    }
    return good && reader->target.host[0] != '\0';
}

// User may stay "" here.
static bool command_read(const char *command, struct ssh_target *out)
{
    struct reader reader = {.rest = command};
    size_t length = strlen(command);
    if (length >= COMMAND_CAP)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_letter_or_digit(command[i]) && strchr(" ._-@:=[]/%,+~", command[i]) == NULL)
            return false;
    if (!words_take(&reader))
        return false;
    if (reader.target.port == 0)
        reader.target.port = PORT_DEFAULT;
    *out = reader.target;
    return true;
}

// --- the access ---

static bool given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static enum status own_name(const char *sandbox_id, const char *domain, struct ssh_target *target,
                            struct failure *why)
{
    char name[HOST_CAP + ID_CAP];
    (void)snprintf(name, sizeof name, "%s.%s", given(sandbox_id) ? sandbox_id : "",
                   given(domain) ? domain : "");
    if (!given(domain) || !host_take(name, target->host))
        return fail(why, STATUS_MALFORMED, "'%.100s' is not a host to connect to: check sandbox_domain",
                    name);
    return STATUS_OK;
}

// It can be read, and signs in as the credential.
static bool command_fits(const char *command, const char *id, const char *username, struct ssh_target *out)
{
    return given(command) && command_read(command, out) &&
           (!given(out->user) || (given(id) && strcmp(out->user, id) == 0) ||
            (given(username) && strcmp(out->user, username) == 0));
}

bool ssh_target_is_understood(const char *id, const char *host, const char *username, const char *ssh_command)
{
    struct ssh_target target;
    return (given(host) && host_take(host, target.host)) || !given(ssh_command) ||
           command_fits(ssh_command, id, username, &target);
}

bool ssh_target_host_is_understood(const char *host)
{
    char out[HOST_CAP];
    return !given(host) || host_take(host, out);
}

bool ssh_target_user_is_understood(const char *username)
{
    return !given(username) || user_is_valid(username);
}

enum status ssh_target_of(const char *id, const char *sandbox_id, const char *host, int port,
                          const char *username, const char *ssh_command, const char *domain,
                          struct ssh_target *out, struct failure *why)
{
    struct ssh_target target;
    char own_host[HOST_CAP];
    bool has_user = given(username) && user_is_valid(username);
    const char *user = has_user ? username : given(id) ? id : "";
    if (!user_is_valid(user))
        return fail(why, STATUS_MALFORMED, "'%.100s' is not a credential id", user);
    bool has_host = given(host) && host_take(host, own_host);
    if (!command_fits(ssh_command, id, username, &target))
        target = (struct ssh_target){.port = PORT_DEFAULT};
    if (target.host[0] == '\0' && !has_host) {
        enum status status = own_name(sandbox_id, domain, &target, why);
        if (status != STATUS_OK)
            return status;
    }
    if (has_host)
        memcpy(target.host, own_host, sizeof own_host);
    if (port > 0 && port <= PORT_MAX)
        target.port = port;
    (void)snprintf(target.user, sizeof target.user, "%s", user);
    *out = target;
    return STATUS_OK;
}
