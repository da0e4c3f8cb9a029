// SPDX-License-Identifier: Apache-2.0
//
// actions: What the handlers of the deck's commands share: the sandbox or credential they act on, and their
// questions. An action keeps ids, never rows: between a question and its answer the fleet may have changed.

#ifndef SBXDECK_VIEWS_ACTIONS_ACTIONS_H
#define SBXDECK_VIEWS_ACTIONS_ACTIONS_H

#include "tui/widget/dialog.h"
#include "views/app/app.h"
#include "views/app/handler.h"
#include "views/bulk/bulk.h"
#include "views/labels/phrases.h"

#include <stddef.h>
#include <stdint.h>

enum { ACTION_TEXT_CAP = 1024, ACTION_NAME_CAP = ID_CAP + PHRASE_SANDBOX_CAP + 32 };

// One piece of work from a key to its outcome; the context of its question and of its call.
struct action {
    struct app *app;
    void (*then)(struct action *action); // after its question; takes it
    char sandbox_id[ID_CAP];
    char id[ID_CAP]; // of the credential; "" none, or not known
    int64_t row;     // its vault row; 0 none
    int what;        // the handler's own
};

// The selected sandbox and credential. NULL when there is none; the reason has then been shown.
const struct fleet_row *action_row(struct app *app);
const struct credential *action_credential(struct app *app, const struct fleet_row *row);

// credential may be NULL. Ended by free().
struct action *action_new(struct app *app, const struct fleet_row *row, const struct credential *credential);

// "credential ssh-1 of sbx-1"; without an id known "the credential of sbx-1". Returns out.
char *action_sandbox(const struct action *action, char out[PHRASE_SANDBOX_CAP]); // see phrase_sandbox
char *action_name(const struct action *action, char out[ACTION_NAME_CAP]);
// ", ends in 59:58", "" when that is not known. Returns out.
char *action_end(const struct action *action, const struct credential *credential, char out[48]);
// A sentence on what the sessions open here with that credential (row 0: in that sandbox) will see; "" when
// there are none. Begins with a line end. Returns out.
char *action_sessions(const struct action *action, char *out, size_t cap);
// "2 sessions open there and 1 connected tool", "1 connected tool", "". Returns out.
enum { OPEN_THERE_CAP = 96 };
char *action_open_there(size_t sessions, size_t tools, char *out, size_t cap);

// Asks whether to do it; then takes it. Where the answer is no it is freed.
void action_ask(struct action *action, const struct dialog_options *options,
                void (*then)(struct action *action));

// Asks whether to replace a credential, and does it; credential NULL: whichever the sandbox has.
void action_ask_regenerate(struct app *app, const struct fleet_row *row, const struct credential *credential);

void action_validate(struct action *action); // takes it; shows the result

// What is done to one sandbox, or to its selected credential; each asks where that is called for.
typedef void action_one(struct app *app, const struct fleet_row *row);
action_one action_create_one, action_validate_one, action_regenerate_one, action_delete_one,
    action_forget_one;
action_one action_start_one, action_stop_one, action_pause_one, action_remove_one;
// For a command that works on one sandbox only: warns where others are marked.
void action_tell_one(struct app *app, const char *sandbox_id);

// The handlers of commands. Each shows its outcome itself.
command_handler action_verb; // enum bulk_verb: to the selected one, or to all that are marked
command_handler action_exec; // a command, in the selected one or in all that are marked
command_handler action_import;
command_handler action_reveal;
enum copy { COPY_COMMAND, COPY_PASSWORD, COPY_ID, COPY_CREDENTIAL_ID };
command_handler action_copy; // enum copy
command_handler action_new_sandbox;
enum label_part { LABEL_PART_NAME, LABEL_PART_NOTE };
command_handler action_label; // enum label_part: asks for it, in the selected sandbox
command_handler action_pin;   // the selected one, or all that are marked
command_handler action_revoke_all;

#endif
