// SPDX-License-Identifier: Apache-2.0
//
// config: The options of the program in one table: name, type, range, default, text. They are read from the
// table's defaults, then the file (INI, XDG_CONFIG_HOME/sbxdeck/config), then the environment. The API key
// is not an option: it comes from LEAP0_API_KEY, which is taken out of the environment, or from where
// api_key.h says.

#ifndef SBXDECK_API_CONFIG_CONFIG_H
#define SBXDECK_API_CONFIG_CONFIG_H

#include "api/base/life_limit.h"
#include "api/base/status.h"
#include "api/config/config_text.h"
#include "api/config/profile_name.h"
#include "api/leap0/leap0.h"

enum { PATH_CAP = 1024, URL_CAP = 512, CONFIG_PATH_CAP = PATH_CAP + 16, PROFILES_MAX = 32 };

// Where the API key may come from: see config_profile.h.
enum key_place {
    KEY_ANY,           // see api_key.h
    KEY_OF_PROFILE,    // only what api_key_command or api_key_file give
    KEY_OF_VARIABLE,   // only LEAP0_API_KEY, beside a LEAP0_BASE_URL that is the profile's
    KEY_NOT_OF_PROFILE // nowhere: the profile has a server of its own, and no key for it
};

struct config {
    char base_url[URL_CAP];        // base_url,       LEAP0_BASE_URL
    char sandbox_domain[HOST_CAP]; // sandbox_domain, LEAP0_SANDBOX_DOMAIN
    enum dialect dialect;          // dialect,        SBXDECK_DIALECT: auto | sandbox | credential
    char state_folder[PATH_CAP];   // state_folder,   SBXDECK_STATE: default XDG_STATE_HOME/sbxdeck
    char known_hosts[PATH_CAP];    // known_hosts:    default <state_folder>/known_hosts
    char ca_file[PATH_CAP];        // ca_file:        PEM; "" the environment's or the system's
    char scheme[16];               // scheme,         SBXDECK_SCHEME: auto | dark | light | contrast | mono
    int rate_limit;                // rate_limit:     1..1000000 a minute, default 1000
    int background_share;          // background_share: 1..100 %, default 25
    int refresh_s;                 // refresh,        SBXDECK_REFRESH: 1..3600, default 5
    int timeout_s;                 // timeout:        1..600, default 30
    int connect_timeout_s;         // connect_timeout 1..120, default 10
    int reveal_s;                  // reveal:         1..60, default 10
    int scrollback;                // scrollback:     0..100000 lines, default 10000
    bool leap0_header;             // leap0_header:   send the key as leap0-authorization
    bool mouse;                    // mouse:          default true
    char clipboard[16];            // clipboard:      auto | osc52 | passthrough
    bool bell;                     // bell:           ring at an alert
    bool notify;                   // notify:         desktop notification at an alert
    char alert_command[CONFIG_LINE_MAX]; // alert_command: run by /bin/sh at an alert; "" none
    char renew[8];                       // renew:          off | all
    char renew_open[8];                  // renew_open:     ask | yes | no: with a session open
    struct life_limit expiring;          // expiring:       default 1/3
    struct life_limit critical;          // critical:       default 10% 2m
    int prune_h;                         // prune:          0..8760 hours, default 24; 0 never
    int parallel;                        // parallel:       1..32, default 4: calls at once for many
    int revalidation_s;                  // recheck:        0..86400, default 300; 0 never
    char key_command[CONFIG_LINE_MAX];   // api_key_command: run by /bin/sh, see api_key.h; "" none
    char key_file[PATH_CAP];             // api_key_file: "" none
    int ssh_warning_s;                   // ssh_warning:    0..3600, default 60; 0 never
    bool tools_start;                    // tools_start:    default no
    bool tools_wake;                     // tools_wake:     default yes
    int tools_credentials;               // tools_credentials: 0..60, default 3: per sandbox and minute
    bool tools_agent;                    // tools_agent:    default no: relay agent forwarding
    bool tools_x11;                      // tools_x11:      default no
    char columns[512];                   // columns: of the deck, in their order; "" its own
    bool read_only;            // read_only, SBXDECK_READ_ONLY: nothing that changes anything is sent
    char profile[PROFILE_CAP]; // profile, SBXDECK_PROFILE: the one in use; "" none
    char color[16];            // color: of the profile's name in the header
    // Not options, but what follows from the profiles in the file: see config_profile.h.
    char profiles[PROFILES_MAX][PROFILE_CAP];
    size_t profile_count;
    char base_folder[PATH_CAP]; // state_folder without a profile, where the hop's keys for tools are
    enum key_place key_place;
};

// An error names the option, the value, where it was set (file:line or variable) and what would be right.
enum status config_load(struct config *out, struct failure *why);

// The file's path; "" where there is no folder for it. Main thread only.
enum status config_path(char out[CONFIG_PATH_CAP], struct failure *why);
// The file as it is now; one that isn't there has no lines. *out is the caller's, NULL unless OK.
enum status config_read(struct config_text **out, struct failure *why);
// The options that config_load would make of it. Main thread only.
enum status config_of_text(const struct config_text *text, struct config *out, struct failure *why);
// All faults of options, and (as line 0) of the environment; for config_check.h.
void config_check_options(const struct config_text *text, config_fault_take *fault, void *ctx);
// The lines of one of the file's sections ("keys", "profile work"), as config_text_each.
enum status config_read_section(const char *section, config_line_take *take, void *ctx, struct failure *why);
// An option as a line sets it, in whatever section that stands. False, and why: it is none or not so.
bool config_set_line(struct config *config, const struct config_line *line, const char *open_to,
                     struct failure *why);

// Where the value of an option (by index, see config_option) comes from.
enum config_from { CONFIG_FROM_DEFAULT, CONFIG_FROM_FILE, CONFIG_FROM_ENVIRONMENT };
struct config_source {
    enum config_from from;
    int line;          // of FROM_FILE
    const char *value; // as it was written; NULL: there is none. Of text, config or static
};
void config_source(const struct config_text *text, const struct config *config, size_t index,
                   struct config_source *out);

// Whether the option (by index) is another in both, and from's into config. Of what was loaded by config_load
// or config_of_text.
bool config_differs(const struct config *a, const struct config *b, size_t index);
void config_take_option(struct config *config, const struct config *from, size_t index);
// When a changed option counts: in a running console at once; when it is started again; only for verbs, at
// their start.
enum config_when { CONFIG_WHEN_STARTED, CONFIG_WHEN_LIVE, CONFIG_WHEN_VERB };
enum config_when config_option_when(size_t index);

// LEAP0_API_KEY, trimmed, moved into locked memory and taken out of the environment (also out of the memory
// that /proc/PID/environ shows). KEY_MISSING when unset or empty. *key is the caller's.
enum status config_take_api_key(struct secret **key, struct failure *why);

// The same for LEAP0_OLD_API_KEY: the one that the vault is still sealed with (vault rekey).
enum status config_take_old_key(struct secret **key, struct failure *why);
void config_drop_old_key(void); // out of the environment, unused

// Who knows which columns there are, for the option "columns": once at the start.
void config_set_columns_check(enum status (*check)(const char *value, struct failure *why));

// For help, README and man page: the table, by index; NULL beyond the end.
struct config_option {
    const char *name, *env, *type, *fallback, *text;
};
const struct config_option *config_option(size_t index);

#endif
