// SPDX-License-Identifier: Apache-2.0
//
// cli_json: see the header. Times are RFC 3339 as in the API, but timeout_at, which the API gives in Unix
// seconds.

#include "views/cli/cli_json.h"

#include "api/base/server_time.h"
#include "tui/base/text.h"
#include "tui/base/text_decode.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_time(cJSON *object, const char *name, int64_t ms)
{
    char text[40];
    if (ms > 0 && time_format_rfc3339(ms, text, sizeof text))
        (void)cJSON_AddStringToObject(object, name, text);
    else
        (void)cJSON_AddNullToObject(object, name);
}

static void add_password(cJSON *object, const char *password)
{
    if (password != NULL)
        (void)cJSON_AddItemToObject(object, "password", cJSON_CreateStringReference(password));
}

static void add_id(cJSON *object, const char *id)
{
    if (id[0] != '\0')
        (void)cJSON_AddStringToObject(object, "id", id);
    else
        (void)cJSON_AddNullToObject(object, "id");
}

void cli_json_add_end(cJSON *object, const struct credential *credential, int64_t now_ms)
{
    add_time(object, "expires_at", credential->expires_at);
    if (credential->expires_at > 0)
        (void)cJSON_AddNumberToObject(object, "remaining_seconds",
                                      (double)(credential_remaining(credential, now_ms) / 1000));
    else
        (void)cJSON_AddNullToObject(object, "remaining_seconds");
}

void cli_json_add_timeout(cJSON *object, int64_t timeout_at, int64_t now_ms)
{
    if (timeout_at > 0)
        (void)cJSON_AddNumberToObject(object, "timeout_remaining_seconds",
                                      (double)(timeout_at > now_ms ? (timeout_at - now_ms) / 1000 : 0));
    else
        (void)cJSON_AddNullToObject(object, "timeout_remaining_seconds");
}

cJSON *cli_json_credential(const struct credential *credential, const char *password, int64_t now_ms)
{
    cJSON *object = cJSON_CreateObject();
    if (object == NULL)
        return NULL;
    add_id(object, credential->id);
    (void)cJSON_AddStringToObject(object, "state",
                                  credential_state_name(credential_state(credential, now_ms)));
    cli_json_add_end(object, credential, now_ms);
    if (credential->sealed_elsewhere) // said where it is so; else nobody has to look for it
        (void)cJSON_AddBoolToObject(object, "sealed_with_another_key", true);
    if (credential->damaged)
        (void)cJSON_AddBoolToObject(object, "damaged", true);
    add_password(object, password);
    return object;
}

cJSON *cli_json_access(const struct credential *credential, const char *password, const char *ssh_command)
{
    cJSON *object = cJSON_CreateObject();
    if (object == NULL)
        return NULL;
    add_id(object, credential->id);
    (void)cJSON_AddStringToObject(object, "sandbox_id", credential->sandbox_id);
    add_password(object, password);
    add_time(object, "expires_at", credential->expires_at);
    add_time(object, "created_at", credential->created_at);
    add_time(object, "updated_at", credential->updated_at);
    if (ssh_command != NULL)
        (void)cJSON_AddStringToObject(object, "ssh_command", ssh_command);
    else
        (void)cJSON_AddNullToObject(object, "ssh_command");
    return object;
}

// An empty text is one that was not told, or not understood.
static void add_told(cJSON *object, const char *name, const char *text)
{
    if (text[0] != '\0')
        (void)cJSON_AddStringToObject(object, name, text);
    else
        (void)cJSON_AddNullToObject(object, name);
}

cJSON *cli_json_sandbox(const struct sandbox *sandbox, cJSON *access)
{
    cJSON *object = cJSON_CreateObject();
    if (object == NULL) {
        cJSON_Delete(access);
        return NULL;
    }
    (void)cJSON_AddStringToObject(object, "id", sandbox->id);
    if (sandbox->id_odd) // said where it is so: it only stands for the server's
        (void)cJSON_AddBoolToObject(object, "id_not_understood", true);
    add_told(object, "state", sandbox->state_name);
    add_told(object, "template_id", sandbox->template_id);
    add_time(object, "created_at", sandbox->created_at);
    if (sandbox->timeout_at > 0)
        (void)cJSON_AddNumberToObject(object, "timeout_at", (double)(sandbox->timeout_at / 1000));
    else
        (void)cJSON_AddNullToObject(object, "timeout_at");
    (void)cJSON_AddItemToObject(object, "access", access);
    return object;
}

static void add_count(cJSON *object, const char *name, int64_t count)
{
    if (count > 0)
        (void)cJSON_AddNumberToObject(object, name, (double)count);
    else
        (void)cJSON_AddNullToObject(object, name);
}

cJSON *cli_json_new_sandbox(const struct sandbox *sandbox)
{
    cJSON *object = cJSON_CreateObject();
    if (object == NULL)
        return NULL;
    (void)cJSON_AddStringToObject(object, "id", sandbox->id);
    add_told(object, "state", sandbox->state_name);
    add_told(object, "template_id", sandbox->template_id);
    add_time(object, "created_at", sandbox->created_at);
    add_count(object, "vcpu", sandbox->vcpu);
    add_count(object, "memory", sandbox->memory_mib);
    add_count(object, "disk", sandbox->disk_mib);
    add_count(object, "timeout", sandbox->timeout_s);
    (void)cJSON_AddBoolToObject(object, "auto_pause", sandbox->auto_pause);
    return object;
}

cJSON *cli_json_event(const char *type, int64_t now_ms)
{
    cJSON *object = cJSON_CreateObject();
    if (object == NULL)
        return NULL;
    (void)cJSON_AddStringToObject(object, "type", type);
    add_time(object, "at", now_ms);
    return object;
}

// --- as text ---

// What display() would not show as it is can only stand inside strings, and is escaped there. Into out, which
// may be NULL; returns the length.
static size_t escape(const char *text, char *out)
{
    char unit[16];
    size_t length = 0;
    size_t left = strlen(text);
    int marks = TEXT_COMBINING_MAX; // none may follow a quote or an escape: it would stand on that
    while (left > 0) {
        uint32_t codepoint = 0;
        size_t used = text_decode(text, left, &codepoint);
        bool mark = text_is_mark(codepoint);
        bool fine = codepoint == '\n' || codepoint == '\t' ||
                    (text_is_shown(codepoint) && (!mark || marks < TEXT_COMBINING_MAX));
        int size = 0;
        if (!fine && codepoint > 0xffff && codepoint != TEXT_INVALID)
            size = snprintf(unit, sizeof unit, "\\u%04x\\u%04x", 0xd7c0 + (unsigned)(codepoint >> 10),
                            0xdc00 + (unsigned)(codepoint & 0x3ff));
        else if (!fine)
            size = snprintf(unit, sizeof unit, "\\u%04x",
                            codepoint == TEXT_INVALID ? 0xfffd : (unsigned)codepoint);
        if (out != NULL)
            memcpy(out + length, fine ? text : unit, fine ? used : (size_t)size);
        length += fine ? used : (size_t)size;
        marks = !fine || codepoint == '"' ? TEXT_COMBINING_MAX : mark ? marks + 1 : 0;
        text += used;
        left -= used;
    }
    return length;
}

char *cli_json_text(cJSON *tree, bool indented)
{
    char *raw = tree == NULL ? NULL : indented ? cJSON_Print(tree) : cJSON_PrintUnformatted(tree);
    char *text = NULL;
    cJSON_Delete(tree);
    if (raw != NULL)
        text = calloc(1, escape(raw, NULL) + 1);
    if (text != NULL)
        (void)escape(raw, text);
    cli_json_text_free(raw);
    return text;
}

void cli_json_text_free(char *text)
{
    if (text != NULL)
        sodium_memzero(text, strlen(text));
    free(text);
}

static bool print(char *text)
{
    if (text == NULL)
        return false;
    (void)puts(text);
    cli_json_text_free(text);
    return true;
}

bool cli_json_line(cJSON *tree)
{
    return print(cli_json_text(tree, false));
}

bool cli_json_print(cJSON *tree)
{
    return print(cli_json_text(tree, true));
}
