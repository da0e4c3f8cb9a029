// SPDX-License-Identifier: Apache-2.0
//
// complete_values: Offer the values of arguments and options: sandboxes, credentials, profiles, settings,
// filters and the like.

#include "api/config/config.h"
#include "api/fleet/completion_cache.h"
#include "api/fleet/fleet_filter.h"
#include "api/tools/local_keys.h"
#include "api/vault/event_log.h"
#include "views/cli/cli_option.h"
#include "views/cli/cli_setting.h"
#include "views/cli/complete.h"
#include "views/command/key_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_CAP = 128 };

// --- what the cache knows -----------------------------------------------------------------

struct from_cache {
    struct complete *complete;
    const char *sandbox; // whose credentials; NULL: of all
    const char *end;     // behind a name
};

static void read_cache(bool credentials, completion_cache_take *take, struct from_cache *from)
{
    struct config config;
    char path[PATH_CAP + 16];
    if (config_load(&config, NULL) == STATUS_OK &&
        completion_cache_path(config.state_folder, path, sizeof path))
        completion_cache_read(path, config.base_url, credentials, take, from);
}

static void offer_named(const struct from_cache *from, const char *word, const char *about)
{
    char whole[WORD_CAP + 16];
    if (from->end[0] == '\0') {
        complete_offer(from->complete, word, about); // of 100,000: without a copy of each
        return;
    }
    (void)snprintf(whole, sizeof whole, "%s%s", word, from->end);
    complete_offer(from->complete, whole, about);
}

static void take_sandbox(void *ctx, const char *sandbox_id, const char *name, const char *about,
                         const char *credential_id)
{
    const struct from_cache *from = ctx;
    if (credential_id[0] != '\0')
        return;
    if (name[0] != '\0')
        offer_named(from, name, sandbox_id);
    offer_named(from, sandbox_id, name[0] != '\0' ? name : about);
}

static void offer_sandboxes(struct complete *complete, const char *end)
{
    struct from_cache from = {.complete = complete, .end = end};
    read_cache(false, take_sandbox, &from);
}

static void take_credential(void *ctx, const char *sandbox_id, const char *name, const char *about,
                            const char *credential_id)
{
    const struct from_cache *from = ctx;
    bool right = from->sandbox == NULL || strncmp(sandbox_id, from->sandbox, strlen(from->sandbox)) == 0 ||
                 (name[0] != '\0' && strcasecmp(name, from->sandbox) == 0);
    (void)about;
    if (credential_id[0] != '\0' && right)
        complete_offer(from->complete, credential_id, name[0] != '\0' ? name : sandbox_id);
}

// Of the sandbox that stands before it, where one does.
static void offer_credentials(struct complete *complete, int count, char *const *words)
{
    struct from_cache from = {.complete = complete};
    for (int i = 0; i + 1 < count && from.sandbox == NULL; i++)
        if (words[i][0] != '-' && words[i][0] != '\0')
            from.sandbox = words[i];
    read_cache(true, take_credential, &from);
}

static void take_template(void *ctx, const char *sandbox_id, const char *name, const char *about,
                          const char *credential_id)
{
    const struct from_cache *from = ctx;
    (void)sandbox_id;
    (void)name;
    if (credential_id[0] == '\0' && about[0] != '\0')
        complete_offer(from->complete, about, "");
}

// --- settings -----------------------------------------------------------------------------

static void offer_settings(struct complete *complete)
{
    struct config_text *text = NULL;
    char word[WORD_CAP];
    for (size_t i = 0; config_option(i) != NULL; i++)
        complete_offer(complete, config_option(i)->name, config_option(i)->text);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        cli_setting_word("keys", key_settings_name((enum command)i), word, sizeof word);
        complete_offer(complete, word, command_table[i].help);
    }
    if (config_read(&text, NULL) == STATUS_OK) {
        for (size_t i = 0; i < text->count; i++) {
            cli_setting_word(text->lines[i].section, text->lines[i].name, word, sizeof word);
            if (text->lines[i].section[0] != '\0' && config_section_of(text->lines[i].section) != NULL)
                complete_offer(complete, word, "");
        }
        config_text_free(text);
    }
}

// Of a text such as "auto, dark or light"; "1..60 s" is no list.
static void offer_choices(struct complete *complete, const char *type)
{
    char word[WORD_CAP];
    if (strstr(type, " or ") == NULL)
        return;
    for (const char *at = type; *at != '\0';) {
        size_t length = strcspn(at, ", ");
        (void)snprintf(word, sizeof word, "%.*s", (int)length, at);
        if (strcmp(word, "or") != 0 && word[0] != '\0')
            complete_offer(complete, word, "");
        at += length;
        at += strspn(at, ", ");
    }
}

static void offer_setting_values(struct complete *complete, int count, char *const *words)
{
    for (size_t i = 0; count > 1 && config_option(i) != NULL; i++)
        if (strcmp(config_option(i)->name, words[count - 2]) == 0)
            offer_choices(complete, config_option(i)->type);
}

static void offer_profiles(struct complete *complete)
{
    struct config_text *text = NULL;
    if (config_read(&text, NULL) != STATUS_OK)
        return;
    for (size_t i = 0; i < text->header_count; i++) {
        const char *name = config_section_name(text->headers[i].section, "profile");
        if (name != NULL)
            complete_offer(complete, name, "");
    }
    config_text_free(text);
}

// --- the rest -----------------------------------------------------------------------------

// What stands up to there is kept in front of each value.
static void keep_before(struct complete *complete, const char *end)
{
    size_t used = strlen(complete->before);
    (void)snprintf(complete->before + used, sizeof complete->before - used, "%.*s",
                   (int)(end - complete->typed), complete->typed);
    complete->typed = end;
}

// Several apart by commas: the last is completed.
static void offer_kinds(struct complete *complete)
{
    static const char *const kinds[] = {
#define X(name, text, verb) text,
        EVENT_KINDS(X)
#undef X
    };
    const char *comma = strrchr(complete->typed, ',');
    if (comma != NULL)
        keep_before(complete, comma + 1);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        complete_offer(complete, kinds[i], "");
}

// Several apart by commas: the last is completed.
static void offer_key_values(struct complete *complete, const struct fleet_filter_key *key, const char *colon)
{
    struct from_cache templates = {.complete = complete};
    const char *comma = strrchr(colon, ',');
    keep_before(complete, comma != NULL ? comma + 1 : colon + 1);
    for (size_t i = 0; fleet_filter_key_value(key->kind, i) != NULL; i++)
        complete_offer(complete, fleet_filter_key_value(key->kind, i), "");
    if (key->kind == FILTER_TEMPLATE)
        read_cache(false, take_template, &templates);
}

static void offer_saved_filters(struct complete *complete)
{
    struct config_text *text = NULL;
    if (config_read(&text, NULL) != STATUS_OK)
        return;
    keep_before(complete, complete->typed + 1);
    for (size_t i = 0; i < text->count; i++)
        if (strcmp(text->lines[i].section, "filters") == 0)
            complete_offer(complete, text->lines[i].name, text->lines[i].value);
    config_text_free(text);
}

static void offer_filter(struct complete *complete)
{
    const struct fleet_filter_key *key = NULL;
    char word[WORD_CAP];
    const bool negated = complete->typed[0] == '!';
    if (negated)
        keep_before(complete, complete->typed + 1);
    if (complete->typed[0] == '@' && !negated) {
        offer_saved_filters(complete);
        return;
    }
    const char *colon = strchr(complete->typed, ':');
    for (size_t i = 0; (key = fleet_filter_key(i)) != NULL; i++) {
        size_t length = strlen(key->name);
        if (colon != NULL && (size_t)(colon - complete->typed) == length &&
            strncmp(key->name, complete->typed, length) == 0) {
            offer_key_values(complete, key, colon);
            return;
        }
        (void)snprintf(word, sizeof word, "%s%c", key->name, key->after);
        complete_offer(complete, word, key->help);
    }
    bool keys_alone = complete->count > 0 && complete->typed[0] != '\0';
    if (!keys_alone)
        offer_sandboxes(complete, "");
    complete->kind = keys_alone ? COMPLETE_UNENDED : COMPLETE_WORDS;
}

static void offer_shells(struct complete *complete)
{
    complete_offer(complete, "bash", "");
    complete_offer(complete, "zsh", "");
    complete_offer(complete, "fish", "");
}

void complete_value_of(struct complete *complete, const char *owner, const char *token, int count,
                       char *const *words)
{
    struct from_cache templates = {.complete = complete};
    if (strcmp(token, "SANDBOX") == 0)
        offer_sandboxes(complete, "");
    else if (strcmp(token, "FILTER") == 0)
        offer_filter(complete);
    else if (strcmp(token, "FILE") == 0)
        complete->kind = COMPLETE_FILE_NAMES;
    else if (strcmp(token, "SHELL") == 0)
        offer_shells(complete);
    else if (strcmp(token, "ID") == 0)
        offer_credentials(complete, count, words);
    else if (strcmp(token, "KIND") == 0)
        offer_kinds(complete);
    else if (strcmp(owner, "ssh-proxy") == 0)
        offer_sandboxes(complete, LOCAL_NAME_END);
    else if (strncmp(owner, "config ", 7) == 0 && strcmp(token, "NAME") == 0)
        offer_settings(complete);
    else if (strncmp(owner, "config ", 7) == 0 && strcmp(token, "VALUE") == 0)
        offer_setting_values(complete, count, words);
    else if (strcmp(owner, "profile") == 0)
        offer_profiles(complete);
    else if (strcmp(owner, "template") == 0)
        read_cache(false, take_template, &templates);
}
