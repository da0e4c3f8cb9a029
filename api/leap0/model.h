// SPDX-License-Identifier: Apache-2.0
//
// model: A sandbox and an access as the API gives them, and their reading from JSON. Plain structs without
// pointers. Of a sandbox the id must be there, of an access the id and a password that is one. Any other
// field is kept if it can be parsed (cut where it is merely too long to be shown) and is else unknown:
// shown by an empty value, counted, and the first such field kept to be named.

#ifndef SBXDECK_API_LEAP0_MODEL_H
#define SBXDECK_API_LEAP0_MODEL_H

#include "api/base/secret.h"
#include "api/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cJSON;

enum {
    ID_CAP = 65,
    TEMPLATE_CAP = 129,
    HOST_CAP = 256,
    COMMAND_CAP = 512,
    STATE_CAP = 24,
    UNPARSED_NAME_CAP = 24,
    UNPARSED_VALUE_CAP = 48
};

#define SANDBOX_STATE_TABLE(X)                                                                               \
    X(starting)                                                                                              \
    X(running) X(snapshotting) X(paused) X(unpausing) X(stopping) X(stopped) X(deleting) X(deleted)

enum sandbox_state {
#define X(name) SANDBOX_##name,
    SANDBOX_STATE_TABLE(X)
#undef X
        SANDBOX_other, // a state this version does not know; its name is in state_name
    SANDBOX_STATE_COUNT
};

// The fields of an object that were there and could not be parsed.
struct unparsed {
    unsigned count;                 // fields
    char name[UNPARSED_NAME_CAP];   // of the first one; "" none
    char value[UNPARSED_VALUE_CAP]; // how it was written, cut; clean, but foreign: see tui/base/text's
                                    // display()
};
void unparsed_add(struct unparsed *unparsed, const char *name, const char *value);
void unparsed_add_text(struct unparsed *unparsed, const char *name, const char *text); // in quotes
// `expires_at not understood: "never"`, `…, and 2 more fields`; "" when there is none. Returns out.
char *unparsed_text(const struct unparsed *unparsed, char *out, size_t cap);

struct sandbox {
    char id[ID_CAP];
    // The server's id is not valid (id_is_valid): nothing can be done with it. Then `id` only stands for
    // it, to be shown: another for another one, and never a valid one.
    bool id_malformed;
    struct unparsed unparsed; // but for the id
    char template_id[TEMPLATE_CAP];
    char pod_id[TEMPLATE_CAP]; // "" when not given
    enum sandbox_state state;
    char state_name[STATE_CAP]; // as the server writes it, perhaps cut; "" when not known
    int64_t created_at;         // ms; 0 when not given, likewise the next three
    int64_t launch_time;
    int64_t state_change_time;
    int64_t timeout_at; // absent, zero and nonsense (before 2020, after 2100) all become 0
    bool detailed;      // the fields below were given (GET of the one sandbox)
    int vcpu;
    int64_t memory_mib;
    int64_t disk_mib;
    int64_t timeout_s;
    bool auto_pause;
    char network_mode[STATE_CAP];
};

// An access object. Only the password is owned memory: access_clear ends it.
struct access {
    char id[ID_CAP];
    char sandbox_id[ID_CAP];
    struct unparsed unparsed;
    struct secret *password; // NULL when not given
    int64_t expires_at;      // ms; 0 when not known, likewise the next two
    int64_t created_at;
    int64_t updated_at;
    char ssh_command[COMMAND_CAP];
    char host[HOST_CAP]; // these three from the object's own fields, or "", 0, "": see api/ssh/ssh_target
    int port;
    char username[ID_CAP];
};

// An id as it may stand in a URL's path: 1 to 64 of [A-Za-z0-9._-], not starting with '.' or '-'.
bool id_is_valid(const char *id);
const char *sandbox_state_text(const struct sandbox *sandbox); // its state_name, or "unknown"

// The JSON is of the caller and may hold more than we know. Of an access, names are also taken as JavaScript
// writes them (sandboxId). MALFORMED when what must be right is not: *out is then untouched and why says
// which field.
enum status sandbox_from_json(const struct cJSON *json, struct sandbox *out, struct failure *why);
enum status access_from_json(const struct cJSON *json, struct access *out, struct failure *why);

void access_clear(struct access *access); // wipes; fine on a zeroed one

#endif
