// SPDX-License-Identifier: Apache-2.0
//
// ssh_target: see the header. The command is read word by word with a whitelist of characters first, so that
// nothing a shell or ssh would take for something else ever gets near a connection.

#include "api/ssh_target.h"

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

// host as written: with or without brackets. out gets it without.
static bool host_take(const char *host, bool brackets_needed, char out[HOST_CAP])
{
    struct in6_addr address;
    char bare[HOST_CAP];
    size_t length = strlen(host);
    if (length == 0 || length >= sizeof bare)
        return false;
    bool bracketed = host[0] == '[';
    if (bracketed && (length < 3 || host[length - 1] != ']'))
        return false;
    (void)snprintf(bare, sizeof bare, "%.*s", (int)(bracketed ? length - 2 : length), host + bracketed);
    if (strchr(bare, ':') != NULL || bracketed) {
        if ((brackets_needed && !bracketed) || inet_pton(AF_INET6, bare, &address) != 1)
            return false;
    } else if (!name_is_valid(bare)) {
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
    struct ssh_target target; // user "" and port 0 until told
    struct failure *why;
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

static enum status bad(struct reader *reader, const char *what, const char *value)
{
    return fail(reader->why, STATUS_MALFORMED, "ssh_command: %s: '%.100s'", what, value);
}

static enum status option_setting(struct reader *reader, const char *value)
{
    static const char known[] = "StrictHostKeyChecking=";
    // How host keys are judged is ours to say, so it is let pass and has no effect.
    if (strncasecmp(value, known, sizeof known - 1) != 0 || value[sizeof known - 1] == '\0')
        return bad(reader, "an option that is not known", value);
    return STATUS_OK;
}

static enum status option_port(struct reader *reader, const char *value)
{
    if (reader->target.port != 0)
        return bad(reader, "a second port", value);
    reader->target.port = port_of(value);
    return reader->target.port != 0 ? STATUS_OK : bad(reader, "not a port", value);
}

static enum status user_take(struct reader *reader, const char *value)
{
    if (reader->target.user[0] != '\0')
        return bad(reader, "a second user", value);
    if (!user_is_valid(value))
        return bad(reader, "not a user name", value);
    (void)snprintf(reader->target.user, sizeof reader->target.user, "%s", value);
    return STATUS_OK;
}

static enum status option_take(struct reader *reader)
{
    static const struct {
        char letter;
        enum status (*take)(struct reader *reader, const char *value);
    } options[] = {{'o', option_setting}, {'p', option_port}, {'l', user_take}};
    char letter = reader->word[1];
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        char name[] = {'-', letter, '\0'};
        if (letter != options[i].letter)
            continue;
        if (reader->word[2] != '\0')
            return options[i].take(reader, reader->word + 2);
        if (!word_next(reader))
            return bad(reader, "nothing follows the option", name);
        return options[i].take(reader, reader->word);
    }
    return bad(reader, "an option that is not known", reader->word);
}

static enum status destination_take(struct reader *reader)
{
    char *host = reader->word;
    char *at = strchr(reader->word, '@');
    if (at != NULL) {
        *at = '\0';
        host = at + 1;
        enum status status = user_take(reader, reader->word);
        if (status != STATUS_OK)
            return status;
    }
    if (!host_take(host, true, reader->target.host))
        return bad(reader, "not a host", host);
    if (word_next(reader))
        return bad(reader, "something follows the host", reader->word);
    return STATUS_OK;
}

static enum status read_command(struct reader *reader)
{
    enum status status = STATUS_OK;
    if (!word_next(reader) || strcmp(reader->word, "ssh") != 0)
        return bad(reader, "it does not begin with ssh", reader->word);
    while (status == STATUS_OK) {
        if (!word_next(reader))
            return bad(reader, "it names no host", "ssh");
        if (reader->word[0] != '-')
            return destination_take(reader);
        status = option_take(reader);
    }
    return status;
}

// User may stay "" here.
static enum status command_parse(const char *command, struct ssh_target *out, struct failure *why)
{
    struct reader reader = {.rest = command, .why = why};
    size_t length = strlen(command);
    if (length >= COMMAND_CAP)
        return fail(why, STATUS_MALFORMED, "ssh_command: %zu characters, %d are allowed", length,
                    COMMAND_CAP - 1);
    for (size_t i = 0; i < length; i++)
        if (!is_letter_or_digit(command[i]) && strchr(" ._-@:=[]", command[i]) == NULL)
            return fail(why, STATUS_MALFORMED, "ssh_command: character 0x%02x at %zu has no place there",
                        (unsigned char)command[i], i + 1);
    enum status status = read_command(&reader);
    if (status != STATUS_OK)
        return status;
    if (reader.target.port == 0)
        reader.target.port = PORT_DEFAULT;
    *out = reader.target;
    return STATUS_OK;
}

enum status ssh_target_parse(const char *command, struct ssh_target *out, struct failure *why)
{
    struct ssh_target target;
    enum status status = command_parse(command, &target, why);
    if (status != STATUS_OK)
        return status;
    if (target.user[0] == '\0')
        return fail(why, STATUS_MALFORMED, "ssh_command: it names no user");
    *out = target;
    return STATUS_OK;
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
    if (!host_take(name, false, target->host))
        return fail(why, STATUS_MALFORMED, "'%.100s' is not a host to connect to: check sandbox_domain",
                    name);
    target->port = PORT_DEFAULT;
    return STATUS_OK;
}

enum status ssh_target_of(const char *id, const char *sandbox_id, const char *host, int port,
                          const char *username, const char *ssh_command, const char *domain,
                          struct ssh_target *out, struct failure *why)
{
    struct ssh_target target = {.port = PORT_DEFAULT};
    enum status status = STATUS_OK;
    if (given(ssh_command))
        status = command_parse(ssh_command, &target, why);
    else if (!given(host))
        status = own_name(sandbox_id, domain, &target, why);
    // A command that cannot be read matters only when there is nothing better.
    if (status != STATUS_OK && !given(host))
        return status;
    if (given(host) && !host_take(host, false, target.host))
        return fail(why, STATUS_MALFORMED, "'%.100s' is not a host to connect to", host);
    if (port < 0 || port > PORT_MAX)
        return fail(why, STATUS_MALFORMED, "%d is not a port", port);
    if (port != 0)
        target.port = port;
    if (given(username)) {
        if (!user_is_valid(username))
            return fail(why, STATUS_MALFORMED, "'%.100s' is not a user name", username);
        (void)snprintf(target.user, sizeof target.user, "%s", username);
    } else if (!given(id) || !user_is_valid(id)) {
        return fail(why, STATUS_MALFORMED, "'%.100s' is not a credential's id", given(id) ? id : "");
    } else if (given(target.user) && strcmp(target.user, id) != 0) {
        return fail(why, STATUS_MALFORMED, "ssh_command signs in as '%s', not as the credential '%s'",
                    target.user, id);
    } else {
        (void)snprintf(target.user, sizeof target.user, "%s", id);
    }
    *out = target;
    return STATUS_OK;
}
