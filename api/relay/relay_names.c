// SPDX-License-Identifier: Apache-2.0
//
// relay_names: Find out the names of channel requests that libssh knows nothing of.
//
// libssh hands them out as "unknown" and keeps the name to itself. Two of them matter: "break", and OpenSSH's
// "eow@openssh.com", by which it says that nobody reads the output any more (ssh HOST yes | head). The only
// place where the name comes out is libssh's log, so that is listened to while the tool's messages are read.
// Should a libssh word it differently, these requests are refused like any other unknown one.

#include "api/relay/relay_private.h"

#include <string.h>

static const char at_function[] = "ssh_message_handle_channel_request";
static const char before_name[] = "Received a ";
static const char after_name[] = " channel_request for channel (";

static const struct {
    const char *text;
    enum relay_name name;
} names[] = {
    {"break", RELAY_NAME_BREAK},         {"eow@openssh.com", RELAY_NAME_EOW}, {"pty-req", RELAY_NAME_KNOWN},
    {"window-change", RELAY_NAME_KNOWN}, {"subsystem", RELAY_NAME_KNOWN},     {"shell", RELAY_NAME_KNOWN},
    {"exec", RELAY_NAME_KNOWN},          {"env", RELAY_NAME_KNOWN},           {"x11-req", RELAY_NAME_KNOWN},
};

static enum relay_name name_of(const char *text)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t length = strlen(names[i].text);
        if (strncmp(text, names[i].text, length) == 0 &&
            strncmp(text + length, after_name, sizeof after_name - 1) == 0)
            return names[i].name;
    }
    return RELAY_NAME_OTHER;
}

static void on_log(int level, const char *function, const char *line, void *ctx)
{
    struct relay *relay = ctx;
    (void)level;
    if (relay == NULL || strcmp(function, at_function) != 0)
        return;
    const char *text = strstr(line, before_name);
    enum relay_name name = text != NULL ? name_of(text + sizeof before_name - 1) : RELAY_NAME_KNOWN;
    if (name == RELAY_NAME_KNOWN)
        return;
    // The messages come in the same order. Those that had no room here count as others, see the end.
    if (relay->name_count < sizeof relay->names / sizeof relay->names[0])
        relay->names[relay->name_count++] = name;
    else
        relay->names_lost = true;
}

void relay_names_listen(struct relay *relay)
{
    relay->log_level = ssh_get_log_level();
    (void)ssh_set_log_callback(on_log);
    (void)ssh_set_log_userdata(relay);
    (void)ssh_set_log_level(SSH_LOG_PACKET);
}

void relay_names_stop(struct relay *relay)
{
    (void)ssh_set_log_level(relay->log_level);
    (void)ssh_set_log_userdata(NULL);
}

enum relay_name relay_name_next(struct relay *relay)
{
    enum relay_name name = RELAY_NAME_OTHER;
    if (relay->name_count > 0 && !relay->names_lost) {
        name = relay->names[0];
        relay->name_count--;
        memmove(relay->names, relay->names + 1, relay->name_count * sizeof relay->names[0]);
    }
    return name;
}

void relay_names_none(struct relay *relay)
{
    relay->name_count = 0;
    relay->names_lost = false;
}
