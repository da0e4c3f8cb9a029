// SPDX-License-Identifier: Apache-2.0
//
// config: The table of options. Each has its own parser, so that a wrong value is reported where it stands,
// with what would be right.

#include "api/config/config.h"

#include "api/base/home.h"
#include "api/base/nearest_word.h"
#include "api/config/config_file.h"
#include "api/http/http_url.h"
#include "api/vault/vault.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum form {
    FORM_URL,
    FORM_DOMAIN,
    FORM_DIALECT,
    FORM_PATH,
    FORM_SCHEME,
    FORM_INT,
    FORM_BOOL,
    FORM_LINE,
    FORM_RENEW,
    FORM_OPEN,
    FORM_CLIPBOARD,
    FORM_SECTION // not read here: see config_read_keys
};

struct option {
    struct config_option shown;
    enum form form;
    size_t offset;
    int least, most; // FORM_INT
};

#define AT(member) offsetof(struct config, member)
static const struct option options[] = {
    {{"base_url", "LEAP0_BASE_URL", "URL", "https://api.leap0.dev",
      "Address of the API; http only on loopback"},
     FORM_URL,
     AT(base_url),
     0,
     0},
    {{"sandbox_domain", "LEAP0_SANDBOX_DOMAIN", "name", "sandbox.leap0.dev",
      "Domain of the sandboxes' hosts, where the API names none"},
     FORM_DOMAIN,
     AT(sandbox_domain),
     0,
     0},
    {{"dialect", "SBXDECK_DIALECT", "auto, sandbox or credential", "auto",
      "One credential per sandbox, or several by id; auto asks the server"},
     FORM_DIALECT,
     AT(dialect),
     0,
     0},
    {{"state_folder", "SBXDECK_STATE", "path", "$XDG_STATE_HOME/sbxdeck", "Folder of the vault"},
     FORM_PATH,
     AT(state_folder),
     0,
     0},
    {{"known_hosts", "", "path", "known_hosts in state_folder", "File of the accepted host keys"},
     FORM_PATH,
     AT(known_hosts),
     0,
     0},
    {{"ca_file", "", "path", "the system's",
      "CA certificates to trust, as PEM; by default CURL_CA_BUNDLE, SSL_CERT_FILE and SSL_CERT_DIR"},
     FORM_PATH,
     AT(ca_file),
     0,
     0},
    {{"scheme", "SBXDECK_SCHEME", "auto, dark, light or mono", "auto",
      "Colours; NO_COLOR in the environment means mono"},
     FORM_SCHEME,
     AT(scheme),
     0,
     0},
    {{"refresh", "SBXDECK_REFRESH", "1..3600 s", "5", "How often to refresh the list"},
     FORM_INT,
     AT(refresh_s),
     1,
     3600},
    {{"timeout", "", "1..600 s", "30", "Timeout of an API call"}, FORM_INT, AT(timeout_s), 1, 600},
    {{"connect_timeout", "", "1..120 s", "10", "Timeout for connecting"},
     FORM_INT,
     AT(connect_timeout_s),
     1,
     120},
    {{"reveal", "", "1..60 s", "10", "How long a revealed password is shown"}, FORM_INT, AT(reveal_s), 1, 60},
    {{"scrollback", "", "0..100000 lines", "10000", "Lines of scrollback per session"},
     FORM_INT,
     AT(scrollback),
     0,
     100000},
    {{"leap0_header", "", "yes or no", "no",
      "Send the key as leap0-authorization, for a proxy that needs the authorization header itself"},
     FORM_BOOL,
     AT(leap0_header),
     0,
     0},
    {{"mouse", "", "yes or no", "yes", "Click, wheel and double click in the deck"},
     FORM_BOOL,
     AT(mouse),
     0,
     0},
    {{"clipboard", "", "auto, osc52 or passthrough", "auto",
      "How to copy: auto gives the text to tmux inside tmux; passthrough wraps it for allow-passthrough"},
     FORM_CLIPBOARD,
     AT(clipboard),
     0,
     0},
    {{"bell", "", "yes or no", "no", "Ring the terminal's bell on an alert"}, FORM_BOOL, AT(bell), 0, 0},
    {{"notify", "", "yes or no", "no", "Show a desktop notification on an alert, if the terminal can"},
     FORM_BOOL,
     AT(notify),
     0,
     0},
    {{"alert_command", "", "a shell command", "none",
      "Run by /bin/sh on each alert, with SBXDECK_ALERT, _CLOCK, _SANDBOX, _CREDENTIAL, _EXPIRES_AT and "
      "_REMAINING_SECONDS set"},
     FORM_LINE,
     AT(alert_command),
     0,
     0},
    {{"renew", "", "off or all", "off", "Auto-renew every credential at two thirds of its lifetime"},
     FORM_RENEW,
     AT(renew),
     0,
     0},
    {{"renew_open", "", "ask, yes or no", "ask",
      "Whether to auto-renew a credential that an open session uses"},
     FORM_OPEN,
     AT(renew_open),
     0,
     0},
    {{"prune", "", "0..8760 h", "24", "How long an expired credential stays in the vault; 0 keeps it"},
     FORM_INT,
     AT(prune_h),
     0,
     8760},
    {{"parallel", "", "1..32 calls", "4", "Calls at a time in a bulk operation"},
     FORM_INT,
     AT(parallel),
     1,
     32},
    {{"recheck", "", "0..86400 s", "300", "How often to validate credentials again; 0 never"},
     FORM_INT,
     AT(revalidation_s),
     0,
     86400},
    {{"ssh_warning", "", "0..3600 s", "60",
      "How long before its credential expires or its sandbox times out `ssh` warns on a terminal; 0 never"},
     FORM_INT,
     AT(ssh_warning_s),
     0,
     3600},
    {{"[keys]", "", "command = keys, a line each", "sbxdeck help keys",
      "The console's keys, as in connect = Enter l or mark = none"},
     FORM_SECTION,
     0,
     0,
     0},
};
enum { OPTION_COUNT = sizeof options / sizeof options[0] };

const struct config_option *config_option(size_t index)
{
    return index < OPTION_COUNT ? &options[index].shown : NULL;
}

// --- values ---

static const struct option *find_option(const char *name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strcmp(options[i].shown.name, name) == 0)
            return &options[i];
    return NULL;
}

static bool set_text(char *out, size_t cap, const char *value)
{
    if (value[0] == '\0' || strlen(value) >= cap)
        return false;
    (void)snprintf(out, cap, "%s", value);
    return true;
}

static bool set_domain(char *out, size_t cap, const char *value)
{
    for (const char *at = value; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && *at != '.' && *at != '-')
            return false;
    return value[0] != '.' && value[0] != '-' && set_text(out, cap, value);
}

static bool set_path(char *out, size_t cap, const char *value)
{
    const char *home = home_folder();
    if (strncmp(value, "~/", 2) == 0 && home != NULL)
        return (size_t)snprintf(out, cap, "%s%s", home, value + 1) < cap;
    return value[0] == '/' && set_text(out, cap, value);
}

static bool set_int(int *out, const char *value, int least, int most)
{
    char *end = NULL;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (!isdigit((unsigned char)value[0]) || errno != 0 || *end != '\0' || number < least || number > most)
        return false;
    *out = (int)number;
    return true;
}

static bool one_of(const char *value, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(value, *words) == 0)
            return true;
    return false;
}

static bool set_bool(bool *out, const char *value)
{
    static const char *const yes[] = {"yes", "true", "on", "1", NULL};
    static const char *const no[] = {"no", "false", "off", "0", NULL};
    if (!one_of(value, yes) && !one_of(value, no))
        return false;
    *out = one_of(value, yes);
    return true;
}

// False: not of the option's form; *why may say more.
static bool set_option(struct config *config, const struct option *option, const char *value,
                       struct failure *why)
{
    static const char *const schemes[] = {"auto", "dark", "light", "mono", NULL};
    static const char *const renewals[] = {"off", "all", NULL};
    static const char *const opens[] = {"ask", "yes", "no", NULL};
    static const char *const clipboards[] = {"auto", "osc52", "passthrough", NULL};
    void *member = (char *)config + option->offset;
    switch (option->form) {
    case FORM_URL:
        return http_url_check(value, why) == STATUS_OK && set_text(member, URL_CAP, value);
    case FORM_DOMAIN:
        return set_domain(member, HOST_CAP, value);
    case FORM_DIALECT:
        return dialect_parse(value, member);
    case FORM_PATH:
        return set_path(member, PATH_CAP, value);
    case FORM_SCHEME:
        return one_of(value, schemes) && set_text(member, sizeof config->scheme, value);
    case FORM_INT:
        return set_int(member, value, option->least, option->most);
    case FORM_BOOL:
        return set_bool(member, value);
    case FORM_LINE:
        return set_text(member, sizeof config->alert_command, value);
    case FORM_RENEW:
        return one_of(value, renewals) && set_text(member, sizeof config->renew, value);
    case FORM_OPEN:
        return one_of(value, opens) && set_text(member, sizeof config->renew_open, value);
    case FORM_SECTION:
        return false;
    case FORM_CLIPBOARD:
        return one_of(value, clipboards) && set_text(member, sizeof config->clipboard, value);
    }
    return false;
}

// --- the file ---

// What runs, or says where the key and the passwords go.
static bool is_trusted_with_much(const struct option *option)
{
    return option->form == FORM_LINE || option->form == FORM_URL || option->form == FORM_DOMAIN ||
           option->form == FORM_PATH;
}

static bool no_such_option(const char *name, struct failure *why)
{
    struct nearest_word nearest = {.word = name};
    for (size_t i = 0; i < OPTION_COUNT; i++)
        nearest_word_offer(&nearest, options[i].shown.name);
    (void)fail(why, STATUS_BAD_ARGUMENT, "'%.100s' is not an option", name);
    if (nearest.best != NULL)
        (void)advise(why, why->status, "did you mean %s?", nearest.best);
    else
        (void)advise(why, why->status, "sbxdeck --help lists them");
    return false;
}

static bool on_option(void *ctx, const char *name, const char *value, const char *open_to,
                      struct failure *why)
{
    const struct option *option = find_option(name);
    struct failure more = {.status = STATUS_OK};
    if (option == NULL)
        return no_such_option(name, why);
    if (open_to != NULL && is_trusted_with_much(option)) {
        (void)fail(why, STATUS_BAD_ARGUMENT, "%s is refused from a file that can be changed by %s", name,
                   open_to);
        (void)advise(why, why->status, "make yourself the only one who can write it: chown, chmod go-w");
        return false;
    }
    if (set_option(ctx, option, value, &more))
        return true;
    if (more.message[0] != '\0')
        (void)fail(why, STATUS_BAD_ARGUMENT, "%s: %s", name, more.message);
    else
        (void)fail(why, STATUS_BAD_ARGUMENT, "%s = '%.100s': it takes %s", name, value, option->shown.type);
    if (more.advice[0] != '\0')
        (void)advise(why, why->status, "%s", more.advice);
    return false;
}

static enum status read_file(const char *section, config_file_option *option, void *ctx, struct failure *why)
{
    char path[PATH_CAP];
    const char *base = getenv("XDG_CONFIG_HOME");
    const char *home = home_folder();
    int length = 0;
    if (base != NULL && base[0] == '/')
        length = snprintf(path, sizeof path, "%s/sbxdeck/config", base);
    else if (home != NULL)
        length = snprintf(path, sizeof path, "%s/.config/sbxdeck/config", home);
    else
        return STATUS_OK;
    if (length >= (int)sizeof path)
        return fail(why, STATUS_BAD_ARGUMENT, "the path of the config file is longer than %d bytes",
                    PATH_CAP);
    return config_file_read(path, section, option, ctx, why);
}

static enum status read_environment(struct config *config, struct failure *why)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const char *name = options[i].shown.env;
        const char *value = name[0] != '\0' ? getenv(name) : NULL;
        struct failure more = {.status = STATUS_OK};
        if (value == NULL || value[0] == '\0' || set_option(config, &options[i], value, &more))
            continue;
        if (more.status != STATUS_OK)
            return fail(why, STATUS_BAD_ARGUMENT, "%s: %s", name, more.message);
        return fail(why, STATUS_BAD_ARGUMENT, "%s is '%s': it takes %s", name, value, options[i].shown.type);
    }
    return STATUS_OK;
}

enum status config_read_keys(config_file_option *line, void *ctx, struct failure *why)
{
    return read_file("keys", line, ctx, why);
}

enum status config_load(struct config *out, struct failure *why)
{
    struct config config;
    memset(&config, 0, sizeof config);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (options[i].form != FORM_PATH && options[i].form != FORM_LINE && options[i].form != FORM_SECTION)
            (void)set_option(&config, &options[i], options[i].shown.fallback, NULL);
    enum status status = read_file("", on_option, &config, why);
    if (status == STATUS_OK)
        status = read_environment(&config, why);
    if (status == STATUS_OK && config.state_folder[0] == '\0')
        status = vault_default_folder(config.state_folder, sizeof config.state_folder, why);
    if (status != STATUS_OK)
        return status;
    if (config.known_hosts[0] == '\0' &&
        snprintf(config.known_hosts, sizeof config.known_hosts, "%s/known_hosts", config.state_folder) >=
            (int)sizeof config.known_hosts)
        return fail(why, STATUS_BAD_ARGUMENT, "the path of state_folder is too long: %s",
                    config.state_folder);
    *out = config;
    return STATUS_OK;
}

// --- the key ---

static enum status take_key(const char *name, struct secret **key, struct failure *why)
{
    char *value = getenv(name);
    *key = NULL;
    if (value == NULL)
        return advise(why, fail(why, STATUS_KEY_MISSING, "no API key"), "set %s and start again", name);
    size_t length = strlen(value);
    const char *start = value;
    size_t trimmed = length;
    while (trimmed > 0 && isspace((unsigned char)start[0])) {
        start++;
        trimmed--;
    }
    while (trimmed > 0 && isspace((unsigned char)start[trimmed - 1]))
        trimmed--;
    bool printable = true;
    for (size_t i = 0; i < trimmed; i++)
        printable = printable && (unsigned char)start[i] > 0x20 && (unsigned char)start[i] < 0x7f;
    if (trimmed > 0 && printable)
        *key = secret_new(start, trimmed);
    // Also what /proc/PID/environ shows, and what children would be given.
    explicit_bzero(value, length);
    (void)unsetenv(name);
    if (trimmed == 0)
        return advise(why, fail(why, STATUS_KEY_MISSING, "%s is empty", name),
                      "set it to your API key and start again");
    if (!printable)
        return advise(
            why, fail(why, STATUS_KEY_REFUSED, "%s has blanks or other characters that no key has", name),
            "check its value");
    if (trimmed > SECRET_MAX)
        return advise(
            why, fail(why, STATUS_KEY_REFUSED, "%s has %zu characters, more than any key", name, trimmed),
            "check its value");
    if (*key == NULL)
        return advise(why, fail(why, STATUS_NO_MEMORY, "can't lock memory for the API key"),
                      "check ulimit -l");
    return STATUS_OK;
}

enum status config_take_api_key(struct secret **key, struct failure *why)
{
    return take_key("LEAP0_API_KEY", key, why);
}

enum status config_take_old_key(struct secret **key, struct failure *why)
{
    return take_key("LEAP0_OLD_API_KEY", key, why);
}

void config_drop_old_key(void)
{
    char *value = getenv("LEAP0_OLD_API_KEY");
    if (value == NULL)
        return;
    explicit_bzero(value, strlen(value));
    (void)unsetenv("LEAP0_OLD_API_KEY");
}
