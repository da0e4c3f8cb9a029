// SPDX-License-Identifier: Apache-2.0
//
// config: The table of options. Each has its own parser, so that a wrong value is reported where it stands,
// with what would be right.

#include "api/base/home.h"
#include "api/base/time_util.h"
#include "api/config/config_private.h"
#include "api/config/key_text.h"
#include "api/http/http_url.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- values ---

static bool set_text(const struct config_entry *option, void *member, const char *value, struct failure *why)
{
    (void)why;
    if (value[0] == '\0' || strlen(value) >= option->size)
        return false;
    (void)snprintf(member, option->size, "%s", value);
    return true;
}

static bool set_profile(const struct config_entry *option, void *member, const char *value,
                        struct failure *why)
{
    return profile_name_is_valid(value) && set_text(option, member, value, why);
}

static enum status (*columns_check)(const char *value, struct failure *why);

void config_set_columns_check(enum status (*check)(const char *value, struct failure *why))
{
    columns_check = check;
}

static bool set_columns(const struct config_entry *option, void *member, const char *value,
                        struct failure *why)
{
    if (columns_check != NULL && columns_check(value, why) != STATUS_OK)
        return false;
    return set_text(option, member, value, why);
}

static bool set_url(const struct config_entry *option, void *member, const char *value, struct failure *why)
{
    return http_url_check(value, why) == STATUS_OK && set_text(option, member, value, why);
}

static bool set_domain(const struct config_entry *option, void *member, const char *value,
                       struct failure *why)
{
    for (const char *at = value; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && *at != '.' && *at != '-')
            return false;
    return value[0] != '.' && value[0] != '-' && set_text(option, member, value, why);
}

static bool set_dialect(const struct config_entry *option, void *member, const char *value,
                        struct failure *why)
{
    (void)option;
    (void)why;
    return dialect_parse(value, member);
}

static bool set_path(const struct config_entry *option, void *member, const char *value, struct failure *why)
{
    (void)why;
    return home_expand(value, member, option->size) && *(const char *)member == '/';
}

// The ms of its unit; 0: it is no time.
static int64_t unit_ms(const struct config_entry *option)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"s", 1000}, {"h", 3600 * 1000}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].unit, option->counted_in) == 0)
            return units[i].ms;
    return 0;
}

// "90s", "1h30m" → *number in the option's own unit. False: not of that form.
static bool take_time(const struct config_entry *option, const char *value, long *number)
{
    int64_t ms = 0, unit = unit_ms(option);
    if (unit == 0 || !time_parse_span(value, &ms) || ms % unit != 0)
        return false;
    *number = (long)(ms / unit);
    return true;
}

static bool wrong_unit(const struct config_entry *option, const char *value, const char *unit,
                       struct failure *why)
{
    (void)fail(why, STATUS_BAD_ARGUMENT, "'%.60s': '%.20s' is not its unit; it takes %s", value, unit,
               option->shown.type);
    if (unit_ms(option) != 0)
        (void)advise(why, why->status, "write it as 90s, 5m, 2h or 1d; a number alone is in %s",
                     strcmp(option->counted_in, "h") == 0 ? "hours" : "seconds");
    else
        (void)advise(why, why->status, "write the number alone");
    return false;
}

static bool set_int(const struct config_entry *option, void *member, const char *value, struct failure *why)
{
    char *end = NULL;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (!isdigit((unsigned char)value[0]))
        return false;
    const char *unit = end + strspn(end, " ");
    if (isalpha((unsigned char)*unit) && !take_time(option, value, &number))
        return wrong_unit(option, value, unit, why);
    if ((*end != '\0' && !isalpha((unsigned char)*unit)) || errno != 0 || number < option->least ||
        number > option->most)
        return false;
    *(int *)member = (int)number;
    return true;
}

static bool one_of(const char *value, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(value, *words) == 0)
            return true;
    return false;
}

static bool set_word(const struct config_entry *option, void *member, const char *value, struct failure *why)
{
    return one_of(value, option->words) && set_text(option, member, value, why);
}

static bool set_limit(const struct config_entry *option, void *member, const char *value, struct failure *why)
{
    (void)option;
    (void)why;
    return life_limit_parse(value, member);
}

static bool set_bool(const struct config_entry *option, void *member, const char *value, struct failure *why)
{
    static const char *const yes[] = {"yes", "true", "on", "1", NULL};
    static const char *const no[] = {"no", "false", "off", "0", NULL};
    (void)option;
    (void)why;
    if (!one_of(value, yes) && !one_of(value, no))
        return false;
    *(bool *)member = one_of(value, yes);
    return true;
}

// --- the table ---

// Each row: its name, its variable ("": none), the member, what the form needs, the default, what it is.
#define VALUE(member, how)                                                                                   \
    .offset = offsetof(struct config, member), .size = sizeof(((struct config *)NULL)->member), .set = (how)
#define PATH(name, env, member, fallback, text)                                                              \
    {                                                                                                        \
        .shown = {name, env, "path", fallback, text}, VALUE(member, set_path), .sensitive = true,            \
        .described = true                                                                                    \
    }
#define INT(name, env, member, from, to, unit, fallback, text)                                               \
    {                                                                                                        \
        .shown = {name, env, #from ".." #to " " unit, fallback, text}, VALUE(member, set_int),               \
        .least = (from), .most = (to), .counted_in = (unit)                                                  \
    }
#define BOOL(name, member, fallback, text)                                                                   \
    {                                                                                                        \
        .shown = {name, "", "yes or no", fallback, text}, VALUE(member, set_bool)                            \
    }
#define WORD(name, env, member, type, fallback, text, ...)                                                   \
    {                                                                                                        \
        .shown = {name, env, type, fallback, text}, VALUE(member, set_word), .words = (const char *const[])  \
        {                                                                                                    \
            __VA_ARGS__, NULL                                                                                \
        }                                                                                                    \
    }
static const struct config_entry options[] = {
    {.shown = {"base_url", "LEAP0_BASE_URL", "URL", "https://api.leap0.dev",
               "Address of the API; http only on loopback"},
     VALUE(base_url, set_url),
     .sensitive = true},
    {.shown = {"sandbox_domain", "LEAP0_SANDBOX_DOMAIN", "name", "sandbox.leap0.dev",
               "Domain of the sandboxes' hosts, where the API names none"},
     VALUE(sandbox_domain, set_domain),
     .sensitive = true},
    {.shown = {"dialect", "SBXDECK_DIALECT", "auto, sandbox or credential", "auto",
               "One credential per sandbox, or several by id; auto asks the server"},
     VALUE(dialect, set_dialect)},
    PATH("state_folder", "SBXDECK_STATE", state_folder, "$XDG_STATE_HOME/sbxdeck", "Folder of the vault"),
    PATH("known_hosts", "", known_hosts, "known_hosts in state_folder", "File of the accepted host keys"),
    PATH("ca_file", "", ca_file, "the system's",
         "CA certificates to trust, as PEM; by default CURL_CA_BUNDLE, SSL_CERT_FILE and SSL_CERT_DIR"),
    WORD("scheme", "SBXDECK_SCHEME", scheme, "auto, dark, light, contrast or mono", "auto",
         "Colours; NO_COLOR in the environment means mono", "auto", "dark", "light", "contrast", "mono"),
    INT("refresh", "SBXDECK_REFRESH", refresh_s, 1, 3600, "s", "5", "How often to refresh the list"),
    INT("rate_limit", "", rate_limit, 1, 1000000, "a minute", "1000",
        "Requests that Leap0 allows your organization in a minute"),
    INT("background_share", "", background_share, 1, 100, "%", "25",
        "How much of rate_limit refreshing and validating by itself may use; your own calls never wait for "
        "it"),
    INT("timeout", "", timeout_s, 1, 600, "s", "30", "Timeout of an API call"),
    INT("connect_timeout", "", connect_timeout_s, 1, 120, "s", "10", "Timeout for connecting"),
    INT("reveal", "", reveal_s, 1, 60, "s", "10", "How long a revealed password is shown"),
    INT("scrollback", "", scrollback, 0, 100000, "lines", "10000", "Lines of scrollback per session"),
    BOOL("leap0_header", leap0_header, "no",
         "Send the key as leap0-authorization, for a proxy that needs the authorization header itself"),
    BOOL("mouse", mouse, "yes", "Click, wheel and double click in the deck"),
    WORD("clipboard", "", clipboard, "auto, osc52 or passthrough", "auto",
         "How to copy: auto gives the text to tmux inside tmux; passthrough wraps it for allow-passthrough",
         "auto", "osc52", "passthrough"),
    BOOL("bell", bell, "no", "Ring the terminal's bell on an alert"),
    BOOL("notify", notify, "no", "Show a desktop notification on an alert, if the terminal can"),
    {.shown =
         {"alert_command", "", "a shell command", "none",
          "Run by /bin/sh on each alert, with SBXDECK_ALERT, _CLOCK, _SANDBOX, _CREDENTIAL, _EXPIRES_AT and "
          "_REMAINING_SECONDS set"},
     VALUE(alert_command, set_text),
     .sensitive = true,
     .described = true},
    {.shown = {"expiring", "", "a part, a time or both, as in 1/3, 25%, 10m", "1/3",
               "From when on a credential or a time-out is expiring: what is left of its life"},
     VALUE(expiring, set_limit)},
    {.shown = {"critical", "", "a part, a time or both, as in 10%, 2m", "10% 2m",
               "From when on it is critical: of two what is more, and at most the last third of its life"},
     VALUE(critical, set_limit)},
    WORD("renew", "", renew, "off or all", "off", "Auto-renew every credential at two thirds of its lifetime",
         "off", "all"),
    WORD("renew_open", "", renew_open, "ask, yes or no", "ask",
         "Whether to auto-renew a credential that an open session uses", "ask", "yes", "no"),
    INT("prune", "", prune_h, 0, 8760, "h", "24",
        "How long an expired credential stays in the vault; 0 keeps it"),
    INT("parallel", "", parallel, 1, 32, "calls", "4", "Calls at a time in a bulk operation"),
    {.shown =
         {"api_key_command", "", "a shell command", "none",
          "Run by /bin/sh for the API key where LEAP0_API_KEY is not set: the first line that it prints, "
          "within 30 s; it may ask on /dev/tty"},
     VALUE(key_command, set_text),
     .sensitive = true,
     .described = true},
    PATH(
        "api_key_file", "", key_file, "none",
        "File with the API key on its first line, mode 0600, where the two above are not set; without it the "
        "systemd credential leap0_api_key"),
    INT("recheck", "", revalidation_s, 0, 86400, "s", "300",
        "How often to validate credentials again; 0 never"),
    INT("ssh_warning", "", ssh_warning_s, 0, 3600, "s", "60",
        "How long before its credential expires or its sandbox times out sbxdeck ssh warns on a terminal; 0 "
        "never"),
    BOOL("tools_start", tools_start, "no",
         "Start a stopped sandbox when a tool connects through sbxdeck ssh-proxy, unless you stopped it"),
    BOOL("tools_wake", tools_wake, "yes",
         "Wake a paused sandbox when a tool connects through sbxdeck ssh-proxy, unless you paused it"),
    INT("tools_credentials", "", tools_credentials, 0, 60, "a minute", "3",
        "Credentials that tools may make for a sandbox in a minute; 0 none"),
    BOOL("tools_agent", tools_agent, "no",
         "Let a sandbox use the ssh agent of a tool that forwards it (ssh -A) through sbxdeck ssh-proxy"),
    BOOL("tools_x11", tools_x11, "no",
         "Let a sandbox use the X display of a tool that forwards it (ssh -X) through sbxdeck ssh-proxy"),
    {.shown = {"columns", "", "names of columns", "the deck's own",
               "The deck's columns in their order, as in id state left; its menu, columns, chooses others"},
     VALUE(columns, set_columns),
     .described = true},
    {.shown = {"read_only", "SBXDECK_READ_ONLY", "yes or no", "no",
               "Send nothing that changes anything at the server, as --read-only does; the variable can only "
               "turn it on"},
     VALUE(read_only, set_bool)},
    {.shown = {"profile", "SBXDECK_PROFILE", "the name of a [profile NAME], or default", "none",
               "The profile to use, as --profile does: its settings over these, its own vault and key"},
     VALUE(profile, set_profile),
     .described = true},
    WORD("color", "", color, "cyan, green, yellow or red", "cyan",
         "Colour of the profile's name in the header", "cyan", "green", "yellow", "red"),
};
enum { OPTION_COUNT = sizeof options / sizeof options[0] };

const struct config_option *config_option(size_t index)
{
    return index < OPTION_COUNT ? &options[index].shown : NULL;
}

// All others count when the console is started again: what they decide has begun.
static const struct {
    const char *name;
    enum config_when when;
} whens[] = {
    {"scheme", CONFIG_WHEN_LIVE},      {"refresh", CONFIG_WHEN_LIVE},   {"reveal", CONFIG_WHEN_LIVE},
    {"scrollback", CONFIG_WHEN_LIVE},  {"mouse", CONFIG_WHEN_LIVE},     {"clipboard", CONFIG_WHEN_LIVE},
    {"bell", CONFIG_WHEN_LIVE},        {"notify", CONFIG_WHEN_LIVE},    {"alert_command", CONFIG_WHEN_LIVE},
    {"renew_open", CONFIG_WHEN_LIVE},  {"parallel", CONFIG_WHEN_LIVE},  {"recheck", CONFIG_WHEN_LIVE},
    {"expiring", CONFIG_WHEN_LIVE},    {"critical", CONFIG_WHEN_LIVE},  {"connect_timeout", CONFIG_WHEN_LIVE},
    {"columns", CONFIG_WHEN_LIVE},     {"color", CONFIG_WHEN_LIVE},     {"ssh_warning", CONFIG_WHEN_VERB},
    {"tools_agent", CONFIG_WHEN_VERB}, {"tools_x11", CONFIG_WHEN_VERB},
};

enum config_when config_option_when(size_t index)
{
    for (size_t i = 0; i < sizeof whens / sizeof *whens; i++)
        if (strcmp(whens[i].name, options[index].shown.name) == 0)
            return whens[i].when;
    return CONFIG_WHEN_STARTED;
}

const struct config_entry *config_entry(size_t index)
{
    return index < OPTION_COUNT ? &options[index] : NULL;
}

const struct config_entry *config_entry_find(const char *name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strcmp(options[i].shown.name, name) == 0)
            return &options[i];
    return NULL;
}

// --- the key ---

static enum status take_key(const char *name, struct secret **key, struct failure *why)
{
    char *value = getenv(name);
    *key = NULL;
    if (value == NULL)
        return advise(why, fail(why, STATUS_KEY_MISSING, "no API key"), "set %s and start again", name);
    enum status status = key_from_text(name, value, strlen(value), key, why);
    // Also what /proc/PID/environ shows, and what children would be given.
    explicit_bzero(value, strlen(value));
    (void)unsetenv(name);
    return status;
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
