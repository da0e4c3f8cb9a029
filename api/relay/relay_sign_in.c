// SPDX-License-Identifier: Apache-2.0
//
// relay_sign_in: Hold the tool's sign-in until it is let in or refused.
//
// Method "none" is enough, since only the operator's own programs have the other ends of the pipes. A client
// that never tries it (Paramiko) signs in with the one key that was made for this hop. Passwords and other
// keys are refused: a tool that asks for a password would otherwise seem to need one.

#include "api/base/utf8.h"
#include "api/relay/relay_private.h"

#include <stdlib.h>
#include <string.h>

// libssh has these for servers with callbacks; those must answer at once.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

enum status relay_sign_in_key(struct relay *relay, const char *path, struct failure *why)
{
    if (path != NULL && ssh_pki_import_pubkey_file(path, &relay->client_key) != SSH_OK)
        return fail(why, STATUS_BAD_ARGUMENT, "%s: can't be read as a public key", path);
    return STATUS_OK;
}

// --- banners ---

static void banner_send(struct relay *relay)
{
    ssh_string text = NULL;
    if (relay->banner == NULL || !relay->asked || relay->stage != RELAY_WAITING)
        return;
    text = ssh_string_from_char(relay->banner);
    if (text != NULL)
        (void)ssh_send_issue_banner(relay->ssh, text);
    ssh_string_free(text);
    free(relay->banner);
    relay->banner = NULL;
}

// Adds the text with an end at each line, and with blanks for other control characters.
static void banner_add(struct relay *relay, const char *text)
{
    size_t had = relay->banner != NULL ? strlen(relay->banner) : 0;
    size_t lines = 1;
    for (const char *c = text; *c != '\0'; c++)
        lines += *c == '\n';
    char *all = realloc(relay->banner, had + strlen(text) + lines * 2 + 1);
    if (all == NULL) // a banner only helps
        return;
    relay->banner = all;
    for (char *end = all + had; *text != '\0';) {
        size_t length = strcspn(text, "\n");
        memcpy(end, text, length);
        end[length] = '\0';
        utf8_clean(end, false);
        end += strlen(end);
        memcpy(end, "\r\n", sizeof "\r\n");
        end += 2;
        text += length + (text[length] == '\n');
    }
}

void relay_sign_in_banner(struct relay *relay, const char *text)
{
    size_t had = relay->banner != NULL ? strlen(relay->banner) : 0;
    char *cut = NULL;
    if (relay->stage >= RELAY_OPEN || had >= RELAY_TEXT_CAP || text[0] == '\0')
        return;
    cut = strndup(text, RELAY_TEXT_CAP - had);
    if (cut != NULL)
        banner_add(relay, cut);
    free(cut);
    banner_send(relay);
}

// --- tries ---

static void refuse(struct relay *relay, ssh_message message)
{
    (void)ssh_message_auth_set_methods(message, SSH_AUTH_METHOD_PUBLICKEY);
    (void)ssh_message_reply_default(message);
    ssh_message_free(message);
    if (++relay->tries > RELAY_TRIES_MAX)
        relay_end(relay, STATUS_SIGN_IN_REFUSED, "too many tries to sign in",
                  "the SSH client tried to sign in too often");
}

void relay_sign_in_answer(struct relay *relay)
{
    ssh_message held = relay->held;
    if (held == NULL || (relay->connection == NULL && !relay->refusing))
        return;
    relay->held = NULL;
    banner_send(relay);
    if (relay->refusing) {
        refuse(relay, held);
        relay_end(relay, STATUS_CANCELLED, "sign-in refused", "%s", "");
        return;
    }
    (void)ssh_message_auth_reply_success(held, 0);
    ssh_message_free(held);
    relay->stage = RELAY_OPEN;
    relay->end.admitted = true;
    relay->set.ready = true;
}

static void hold(struct relay *relay, ssh_message message)
{
    // A client that does not wait for the answer has given the try before up.
    if (relay->held != NULL)
        ssh_message_free(relay->held);
    relay->held = message;
    if (++relay->held_count > RELAY_HELD_MAX)
        relay_end(relay, STATUS_SIGN_IN_REFUSED, "too many tries to sign in",
                  "the SSH client tried to sign in too often");
    else
        relay_sign_in_answer(relay);
}

static bool is_ours(const struct relay *relay, ssh_message message)
{
    ssh_key key = ssh_message_auth_pubkey(message);
    return relay->client_key != NULL && key != NULL &&
           ssh_key_cmp(key, relay->client_key, SSH_KEY_CMP_PUBLIC) == 0;
}

void relay_sign_in_try(struct relay *relay, ssh_message message)
{
    int method = ssh_message_subtype(message);
    if (relay->stage != RELAY_WAITING || !relay->asked) { // let in, or over
        ssh_message_free(message);
        return;
    }
    if (method == (int)SSH_AUTH_METHOD_NONE) {
        hold(relay, message);
    } else if (method != (int)SSH_AUTH_METHOD_PUBLICKEY || !is_ours(relay, message)) {
        refuse(relay, message);
    } else if (ssh_message_auth_publickey_state(message) == SSH_PUBLICKEY_STATE_VALID) {
        hold(relay, message);
    } else if (ssh_message_auth_publickey_state(message) != SSH_PUBLICKEY_STATE_NONE ||
               ++relay->tries > RELAY_TRIES_MAX) {
        refuse(relay, message);
    } else { // it asks whether it is worth to sign
        (void)ssh_message_auth_reply_pk_ok_simple(message);
        ssh_message_free(message);
    }
}

void relay_sign_in_service(struct relay *relay, ssh_message message)
{
    const char *service = ssh_message_service_service(message);
    if (service == NULL || strcmp(service, "ssh-userauth") != 0) {
        relay_end(relay, STATUS_SSH_FAILED, "no such service", "the SSH client asked for an unknown service");
    } else if (relay->stage == RELAY_WAITING) {
        (void)ssh_message_service_reply_success(message);
        relay->asked = true;
        banner_send(relay);
    }
    ssh_message_free(message);
}

void relay_sign_in_free(struct relay *relay)
{
    if (relay->held != NULL)
        ssh_message_free(relay->held);
    relay->held = NULL;
    ssh_key_free(relay->client_key);
    relay->client_key = NULL;
}
