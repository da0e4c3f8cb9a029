// SPDX-License-Identifier: Apache-2.0
//
// config_profile: Read the chosen profile's section over the options, and keep the environment from sending
// its key elsewhere.

#include "api/config/config_profile.h"

#include "api/base/home.h"
#include "api/base/nearest_word.h"
#include "api/config/config_section.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char none[] = "default";

// --- which there are ----------------------------------------------------------------------

static bool is_listed(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->profile_count; i++)
        if (strcmp(config->profiles[i], name) == 0)
            return true;
    return false;
}

static void list_names(const struct config_text *text, struct config *config)
{
    for (size_t i = 0; i < text->header_count && config->profile_count < PROFILES_MAX; i++) {
        const char *name = config_section_name(text->headers[i].section, "profile");
        if (name != NULL && profile_name_is_valid(name) && strcasecmp(name, none) != 0 &&
            !is_listed(config, name))
            (void)snprintf(config->profiles[config->profile_count++], PROFILE_CAP, "%s", name);
    }
}

// Tools name a profile in a host's name, which doesn't tell letters of both cases apart.
static const char *twin_of(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->profile_count; i++)
        if (strcasecmp(config->profiles[i], name) == 0 && strcmp(config->profiles[i], name) != 0)
            return config->profiles[i];
    return NULL;
}

static enum status refuse_twin(const char *name, const char *twin, struct failure *why)
{
    (void)fail(why, STATUS_BAD_ARGUMENT, "the profiles %s and %s differ in capitals alone", name, twin);
    return advise(why, why->status, "give one of them another name");
}

static enum status refuse_unknown(const struct config_text *text, const struct config *config,
                                  const char *name, struct failure *why)
{
    struct nearest_word nearest = {.word = name};
    char names[128] = "";
    for (size_t i = 0; i < config->profile_count; i++) {
        size_t used = strlen(names);
        nearest_word_offer(&nearest, config->profiles[i]);
        (void)snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "", config->profiles[i]);
    }
    (void)fail(why, STATUS_BAD_ARGUMENT, "no [profile %.64s] in %s", name, text->path);
    if (nearest.best != NULL)
        return advise(why, why->status, "did you mean %s?", nearest.best);
    return advise(why, why->status, names[0] != '\0' ? "there are %s" : "add its section%s", names);
}

// --- its options --------------------------------------------------------------------------

struct taking {
    struct config *config;
    struct config_profile *own;
};

static bool take_line(void *ctx, const struct config_line *line, const char *open_to, struct failure *why)
{
    struct taking *taking = ctx;
    bool key = strcmp(line->name, "api_key_command") == 0 || strcmp(line->name, "api_key_file") == 0;
    if (strcmp(line->name, "profile") == 0) {
        (void)fail(why, STATUS_BAD_ARGUMENT, "profile can't stand in a profile");
        return false;
    }
    if (key && !taking->own->key) // neither place of the outer key is looked at any more
        taking->config->key_command[0] = taking->config->key_file[0] = '\0';
    taking->own->key |= key;
    taking->own->url |= strcmp(line->name, "base_url") == 0;
    if (!config_set_line(taking->config, line, open_to, why))
        return false;
    if (strcmp(line->name, "state_folder") == 0)
        (void)snprintf(taking->own->state_folder, PATH_CAP, "%s", taking->config->state_folder);
    return true;
}

// Another server has another domain: where it isn't named, none from outside is taken for it.
static void forget_domain(const struct config_text *text, const char *section, struct config *config)
{
    if (config_text_find(text, section, "base_url") == NULL)
        return;
    for (size_t i = 0; config_option(i) != NULL; i++)
        if (strcmp(config_option(i)->name, "sandbox_domain") == 0)
            (void)snprintf(config->sandbox_domain, sizeof config->sandbox_domain, "%s",
                           config_option(i)->fallback);
}

static bool is_same_folder(const char *a, const char *b)
{
    size_t length_a = strlen(a), length_b = strlen(b);
    while (length_a > 1 && a[length_a - 1] == '/')
        length_a--;
    while (length_b > 1 && b[length_b - 1] == '/')
        length_b--;
    return length_a == length_b && strncmp(a, b, length_a) == 0;
}

// Two servers in one vault: what one of them doesn't know would be taken for gone. The line of the section's
// folder, and why, where another profile has it, too; 0: it is alone.
static int find_shared(const struct config_text *text, const char *section, const char *folder,
                       struct failure *why)
{
    char other_folder[PATH_CAP];
    const struct config_line *mine = config_text_find(text, section, "state_folder");
    for (size_t i = 0; mine != NULL && folder[0] != '\0' && i < text->count; i++) {
        const struct config_line *line = &text->lines[i];
        const char *other = config_section_name(line->section, "profile");
        if (other == NULL || strcmp(line->section, section) == 0 || strcmp(line->name, "state_folder") != 0 ||
            !home_expand(line->value, other_folder, sizeof other_folder) ||
            !is_same_folder(other_folder, folder))
            continue;
        (void)fail(why, STATUS_BAD_ARGUMENT,
                   "state_folder = '%.200s': the profile %.64s has that, too (line %d)", mine->value, other,
                   line->number);
        (void)advise(why, why->status, "each profile needs a vault of its own");
        return mine->number;
    }
    return 0;
}

static enum status check_alone(const struct config_text *text, const char *section,
                               const struct config_profile *own, struct failure *why)
{
    struct failure fault = {.status = STATUS_OK};
    int line = find_shared(text, section, own->state_folder, &fault);
    return line > 0 ? config_text_fail(text, line, &fault, why) : STATUS_OK;
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

enum status config_profile_take(const struct config_text *text, struct config *config,
                                struct config_profile *own, struct failure *why)
{
    char section[CONFIG_SECTION_CAP], outer_folder[PATH_CAP], file_url[URL_CAP];
    const char *asked = variable("SBXDECK_PROFILE"), *url = variable("LEAP0_BASE_URL");
    struct taking taking = {config, own};
    *own = (struct config_profile){.key = false};
    list_names(text, config);
    if (asked != NULL && !profile_name_is_valid(asked))
        return fail(why, STATUS_BAD_ARGUMENT, "SBXDECK_PROFILE is '%.64s': it takes %s", asked,
                    PROFILE_NAME_RULE);
    if (asked != NULL)
        (void)snprintf(config->profile, sizeof config->profile, "%s", asked);
    if (strcmp(config->profile, none) == 0)
        config->profile[0] = '\0';
    if (config->profile[0] == '\0')
        return STATUS_OK;
    if (!is_listed(config, config->profile))
        return refuse_unknown(text, config, config->profile, why);
    if (twin_of(config, config->profile) != NULL)
        return refuse_twin(config->profile, twin_of(config, config->profile), why);
    (void)snprintf(own->outer_url, sizeof own->outer_url, "%s", url != NULL ? url : config->base_url);
    (void)snprintf(section, sizeof section, "profile %s", config->profile);
    (void)snprintf(outer_folder, sizeof outer_folder, "%s", config->state_folder);
    (void)snprintf(file_url, sizeof file_url, "%s", config->base_url);
    forget_domain(text, section, config);
    enum status status = config_text_each(text, section, take_line, &taking, why);
    (void)snprintf(config->state_folder, sizeof config->state_folder, "%s", outer_folder);
    if (status == STATUS_OK)
        status = check_alone(text, section, own, why);
    own->variable = own->url && strcmp(config->base_url, file_url) != 0;
    own->url = own->url && strcmp(config->base_url, own->outer_url) != 0;
    return status;
}

// --- the environment ----------------------------------------------------------------------

bool config_profile_admits(const struct config_profile *own, const struct config *config, const char *name,
                           const char *value, struct failure *why)
{
    const char *has = strcmp(name, "LEAP0_BASE_URL") == 0         ? config->base_url
                      : strcmp(name, "LEAP0_SANDBOX_DOMAIN") == 0 ? config->sandbox_domain
                                                                  : NULL;
    if (config->profile[0] == '\0' || (!own->key && !own->url) || has == NULL || strcmp(has, value) == 0)
        return true;
    (void)fail(why, STATUS_BAD_ARGUMENT, "%s is '%.100s', and the profile %s is of '%.100s'", name, value,
               config->profile, has);
    (void)advise(why, why->status, "unset %s, or use another profile", name);
    return false;
}

enum status config_profile_settle(const struct config_profile *own, struct config *config,
                                  struct failure *why)
{
    char folder[PATH_CAP];
    if (strcmp(config->profile, none) == 0) // by the variable
        config->profile[0] = '\0';
    (void)snprintf(config->base_folder, sizeof config->base_folder, "%s", config->state_folder);
    if (config->profile[0] == '\0')
        return STATUS_OK;
    config->key_place = own->key        ? KEY_OF_PROFILE
                        : own->url      ? KEY_NOT_OF_PROFILE
                        : own->variable ? KEY_OF_VARIABLE
                                        : KEY_ANY;
    if (is_same_folder(own->state_folder, config->base_folder))
        return advise(why,
                      fail(why, STATUS_BAD_ARGUMENT,
                           "the state_folder of the profile %s is that without a profile", config->profile),
                      "each profile needs a vault of its own");
    if (own->state_folder[0] != '\0') { // also before the variable, which is of the others' folder
        (void)snprintf(config->state_folder, sizeof config->state_folder, "%s", own->state_folder);
        return STATUS_OK;
    }
    if (snprintf(folder, sizeof folder, "%s/profiles/%s", config->state_folder, config->profile) >=
        (int)sizeof folder)
        return fail(why, STATUS_BAD_ARGUMENT, "the path of state_folder is too long: %s",
                    config->state_folder);
    (void)snprintf(config->state_folder, sizeof config->state_folder, "%s", folder);
    return STATUS_OK;
}

// --- all faults ---------------------------------------------------------------------------

static void check_name(const struct config_header *header, const char *name, const struct config *names,
                       config_fault_take *fault, void *ctx)
{
    struct failure why = {.status = STATUS_OK};
    if (twin_of(names, name) != NULL) {
        (void)refuse_twin(name, twin_of(names, name), &why);
        fault(ctx, header->number, &why);
        return;
    }
    if (profile_name_is_valid(name) && strcasecmp(name, none) != 0)
        return;
    (void)fail(&why, STATUS_BAD_ARGUMENT, "'%.64s' can't be the name of a profile", name);
    if (strcasecmp(name, none) == 0)
        (void)advise(&why, why.status, "default is what stands before any section");
    else
        (void)advise(&why, why.status, "%s", PROFILE_NAME_RULE);
    fault(ctx, header->number, &why);
}

// The headers of the profiles, each name once. How many there are, of which at most cap are put there.
static size_t find_headers(const struct config_text *text, const struct config_header *out[], size_t cap)
{
    size_t count = 0;
    for (size_t i = 0; i < text->header_count && count <= cap; i++) {
        const struct config_header *header = &text->headers[i];
        bool again = config_section_name(header->section, "profile") == NULL;
        for (size_t k = 0; k < count && k < cap && !again; k++)
            again = strcmp(out[k]->section, header->section) == 0;
        if (!again && count < cap)
            out[count] = header;
        count += again ? 0 : 1;
    }
    return count;
}

void config_profile_check(const struct config_text *text, config_fault_take *fault, void *ctx)
{
    const struct config_header *headers[PROFILES_MAX + 1];
    struct config *scratch = calloc(1, sizeof *scratch);
    size_t count = scratch != NULL ? find_headers(text, headers, PROFILES_MAX + 1) : 0;
    if (scratch != NULL)
        list_names(text, scratch);
    for (size_t i = 0; i < count && i < PROFILES_MAX; i++) {
        struct config_profile own = {.key = false};
        struct taking taking = {scratch, &own};
        check_name(headers[i], config_section_name(headers[i]->section, "profile"), scratch, fault, ctx);
        config_text_check_each(text, headers[i]->section, take_line, &taking, fault, ctx);
        struct failure why = {.status = STATUS_OK};
        int line = find_shared(text, headers[i]->section, own.state_folder, &why);
        if (line > 0)
            fault(ctx, line, &why);
    }
    if (count > PROFILES_MAX) {
        struct failure why = {.status = STATUS_OK};
        (void)fail(&why, STATUS_BAD_ARGUMENT, "more than %d profiles", PROFILES_MAX);
        fault(ctx, headers[PROFILES_MAX]->number, &why);
    }
    free(scratch);
}
