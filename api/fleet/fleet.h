// SPDX-License-Identifier: Apache-2.0
//
// fleet: All sandboxes, each joined with its known credentials: the store that the views read and only
// api/service writes. A generation counter shows when it has changed. Rows keep the server's order (newest
// first); a sandbox that is gone from the list but has a credential that could still be used stays, marked
// gone.

#ifndef SBXDECK_API_FLEET_FLEET_H
#define SBXDECK_API_FLEET_FLEET_H

#include "api/fleet/credential.h"
#include "api/fleet/sandbox_label.h"

struct fleet;

// What is known of a sandbox, as struct sandbox has it, but small: texts are shared by all rows.
struct fleet_sandbox {
    const char *id; // these five are never NULL
    const char *template_id;
    const char *pod_id;
    const char *state_name;
    const char *network_mode;
    const struct unparsed *unparsed; // never NULL
    enum sandbox_state state;
    bool id_malformed, detailed, auto_pause;
    int vcpu;
    int64_t created_at, launch_time, state_change_time, timeout_at;
    int64_t memory_mib, disk_mib, timeout_s;
};

struct fleet_row {
    struct fleet_sandbox sandbox;
    struct credential *credentials; // newest first; of the fleet
    size_t credential_count;
    const char
        *busy; // the verb of a call now under way on the sandbox or a create ("creating"), static; NULL none
    const struct sandbox_label *label; // the operator's own name and note for it; NULL none
    uint64_t changed; // the generation at which anything of the row but fresh_ms last changed
    uint64_t born;    // that at which it came
    int64_t fresh_ms; // monotonic ms at which the server last told its state; 0 never
    bool missed;      // by the last round over all pages: it may be gone
    uint32_t slot;    // see fleet_slot
    bool gone;        // no longer in the server's list; its state is then `deleted`
};

struct fleet *fleet_new(void); // NULL: out of memory
void fleet_free(struct fleet *fleet);

// Rows are in the server's order. One stays at its address until it goes; its credentials
// and texts are valid until the next change (fleet_generation differs).
size_t fleet_count(const struct fleet *fleet);
const struct fleet_row *fleet_row(const struct fleet *fleet, size_t index);            // NULL beyond the end
const struct fleet_row *fleet_find(const struct fleet *fleet, const char *sandbox_id); // NULL: not there
uint64_t fleet_generation(const struct fleet *fleet);
bool fleet_is_loaded(const struct fleet *fleet);   // a page has come at least once
bool fleet_is_complete(const struct fleet *fleet); // all of a list has: what is not there doesn't exist

// What has changed, so that a view need not look at all rows. A slot is a small number that stays a row's
// while it is there, and may be another's after that.
const struct fleet_row *fleet_slot(const struct fleet *fleet, uint32_t slot); // NULL: no row
size_t fleet_slot_count(const struct fleet *fleet);                           // slots are below that
uint64_t fleet_layout(const struct fleet *fleet); // the generation at which rows last came, went or moved
// The slots of the rows that changed or came after a generation, the last first; SIZE_MAX: more than cap.
size_t fleet_changes(const struct fleet *fleet, uint64_t since, uint32_t *slots, size_t cap);
// The rows that have credentials, one after the other, in no order. *at is 0 at first; NULL: no more.
const struct fleet_row *fleet_with_credentials(const struct fleet *fleet, size_t *at);
// The least fresh_ms of the listed rows that have one; 0: none has.
int64_t fleet_oldest_ms(const struct fleet *fleet);

// The sandbox that is meant by a text: its whole id, else its whole name, else how the id or the name of one
// alone begins. Of names the case does not matter. NOT_FOUND, CONFLICT when several match (why lists some),
// or MALFORMED when the server's id of it is not understood.
enum status fleet_resolve(const struct fleet *fleet, const char *text, const struct fleet_row **out,
                          struct failure *why);
// What the operator calls it: its name, else its id. Foreign text.
const char *fleet_row_name(const struct fleet_row *row);
// The same by its id, which it returns where there is no name.
const char *fleet_name_of(const struct fleet *fleet, const char *sandbox_id);
// Of a sandbox that need not be in the list; NULL: none. Valid until the next change.
const struct sandbox_label *fleet_label(const struct fleet *fleet, const char *sandbox_id);
const struct label_map *fleet_labels(const struct fleet *fleet); // all; as long as the fleet
// May that sandbox have this name: BAD_ARGUMENT for what can't be a name, CONFLICT where the name is
// another's, or how the id of another begins.
enum status fleet_name_check(const struct fleet *fleet, const char *sandbox_id, const char *name,
                             struct failure *why);

const char *fleet_state_text(const struct fleet_row *row); // see sandbox_state_text
// MALFORMED, with why, for a row that nothing can be done with.
enum status fleet_row_check(const struct fleet_row *row, struct failure *why);

// The credential that represents the row: the usable one that expires last; else the most telling one. NULL:
// none.
const struct credential *fleet_row_best(const struct fleet_row *row, int64_t server_now_ms);

// Of the list itself.
struct fleet_listing {
    size_t left_out;          // items that had no id
    bool incomplete;          // see leap0_page
    struct unparsed unparsed; // what the server said of it
};
const struct fleet_listing *fleet_listing(const struct fleet *fleet); // as long as the fleet

struct fleet_counts {
    size_t sandboxes;
    size_t by_state[SANDBOX_STATE_COUNT];
    size_t by_credential[CREDENTIAL_STATE_COUNT]; // each credential once; none: sandboxes without one
    // What the server said and was not understood.
    size_t malformed_ids;     // sandboxes that nothing can be done with
    size_t unparsed_objects;  // sandboxes and credentials with such a field
    char first_unparsed[160]; // one of those, named: the list, else the one that came first; "" none
    size_t left_out;          // these two as in fleet_listing
    bool incomplete;
};
void fleet_count_all(const struct fleet *fleet, int64_t server_now_ms, struct fleet_counts *out);

// --- for api/service ---
struct leap0_page;
// The list comes page by page. A page adds and updates what it names, in a round or outside one, also when it
// comes again. fresh_ms: when it was asked for, or 0. A round begins before its first page; at its end, if it
// was complete (each page was read, and not fewer came than the server says there are), what it did not name
// is gone. Items shift from page to page while they are read, so that a round of several pages can miss one:
// where there is a sign of that, a sandbox is gone only after a second round without it.
void fleet_begin_round(struct fleet *fleet);
enum status fleet_take_page(struct fleet *fleet, const struct leap0_page *page, int64_t fresh_ms);
// A page that is no part of the round that may be under way: what it names is there, and that is all it says.
enum status fleet_take_look(struct fleet *fleet, const struct leap0_page *page, int64_t fresh_ms);
// For leap0_query: these bytes are what that sandbox was last read from.
bool fleet_knows_item(void *fleet, const char *sandbox_id, uint64_t hash);
size_t fleet_round_count(const struct fleet *fleet); // the sandboxes known to be there since this round began
size_t fleet_round_named(const struct fleet *fleet); // those of them that its pages have named
int fleet_page_of(const struct fleet_row *row);      // that last named it, of 100; 0: none
size_t fleet_missed_count(const struct fleet *fleet); // rows with `missed`
void fleet_end_round(struct fleet *fleet, bool complete);
// Before its end: when its first page was asked for, by the server's clock. What is newer may be missing in
// it.
void fleet_round_asked(struct fleet *fleet, int64_t server_now_ms);
// All of that at once: a list as the server gave it.
enum status fleet_take_list(struct fleet *fleet, const struct leap0_page *list, int64_t fresh_ms);
enum status fleet_take_credentials(struct fleet *fleet, const struct credential *credentials, size_t count);
// Adds or updates one; fresh_ms as above.
enum status fleet_take_sandbox(struct fleet *fleet, const struct sandbox *sandbox, int64_t fresh_ms);
enum status fleet_take_credential(struct fleet *fleet, const struct credential *credential); // by vault_row
void fleet_drop_credential(struct fleet *fleet, int64_t vault_row);
void fleet_drop_sandbox(struct fleet *fleet, const char *sandbox_id);
void fleet_set_busy(struct fleet *fleet, const char *sandbox_id, const char *verb);
void fleet_set_credential_busy(struct fleet *fleet, int64_t vault_row, const char *verb);
void fleet_set_credential_asked(struct fleet *fleet, int64_t vault_row, int64_t asked);
// label NULL or empty: none. It is kept also while no list names the sandbox.
enum status fleet_set_label(struct fleet *fleet, const char *sandbox_id, const struct sandbox_label *label);
// These are all labels there are.
enum status fleet_take_labels(struct fleet *fleet, const struct labelled_sandbox *list, size_t count);

#endif
