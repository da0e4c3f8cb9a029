// SPDX-License-Identifier: Apache-2.0
//
// keeper_rig: a keeper on a loop of its own against the emulator, for the tests of api/keeper. Each call here
// runs the loop until its callback has come, and fails the test when it does not come or comes twice.

#ifndef SBXDECK_TESTS_UNIT_API_KEEPER_RIG_H
#define SBXDECK_TESTS_UNIT_API_KEEPER_RIG_H

#include "api/service/credential_service.h"
#include "api/vault/vault.h"
#include "tests/support/support.h"

extern struct support_emulator keeper_rig_emulator;
extern char keeper_rig_top[SUPPORT_PATH_CAP]; // holds the vaults' folders

// What came of a call; its address is the ctx of the callbacks below.
struct keeper_rig_answer {
    int calls;
    struct failure why;
    bool has_credential;
    struct credential credential;
    char password[128];
    char sandbox_id[ID_CAP];
};
void keeper_rig_on_done(void *ctx, const struct failure *why);
void keeper_rig_on_credential(void *ctx, const struct failure *why, const struct credential *credential);
void keeper_rig_on_secret(void *ctx, const struct failure *why, struct secret *password);
void keeper_rig_on_sandbox(void *ctx, const struct failure *why, const struct sandbox *sandbox);

struct keeper_rig {
    uv_loop_t loop;
    struct keeper *keeper;
    char folder[SUPPORT_PATH_CAP + 32];
    int changes, troubles;
    struct failure trouble; // the last
    int prune_h;            // of the next keeper_rig_open
    struct keeper_rig_answer answer;
};

// For each test: a folder; the emulator is the test's to start (options NULL-ended, added to six plain
// running sandboxes).
void keeper_rig_begin(void);
void keeper_rig_emulate(const char *const options[]);
void keeper_rig_end(void);

// A keeper with the vault in top/name.
void keeper_rig_open(struct keeper_rig *rig, const char *name, enum dialect dialect);
// Frees it and runs the loop to its end; fails the test when anything stays on the loop.
void keeper_rig_close(struct keeper_rig *rig);
void keeper_rig_run_until(struct keeper_rig *rig, bool (*ready)(void *ctx), void *ctx);
void keeper_rig_wait(struct keeper_rig *rig, struct keeper_rig_answer *answer);

// Each gives the status of the answer in rig->answer.
enum status keeper_rig_refresh(struct keeper_rig *rig);
enum status keeper_rig_create(struct keeper_rig *rig, const char *sandbox);
enum status keeper_rig_validate(struct keeper_rig *rig, const char *sandbox, const char *id);
enum status keeper_rig_regenerate(struct keeper_rig *rig, const char *sandbox, const char *id);
enum status keeper_rig_delete(struct keeper_rig *rig, const char *sandbox, const char *id);
enum status keeper_rig_validate_all(struct keeper_rig *rig);
enum status keeper_rig_password(struct keeper_rig *rig, int64_t row);
enum status keeper_rig_forget(struct keeper_rig *rig, int64_t row);
enum status keeper_rig_move(struct keeper_rig *rig, const char *sandbox, enum sandbox_move move);

// The vault's log can grow no more; and it can again.
void keeper_rig_fill_disk(const struct keeper_rig *rig);
void keeper_rig_free_disk(void);

// The id of the n-th sandbox; static until the list changes.
const char *keeper_rig_sandbox(const struct keeper_rig *rig, size_t index);
// The n-th credential of a sandbox in the fleet; NULL: none.
const struct credential *keeper_rig_credential(const struct keeper_rig *rig, const char *sandbox,
                                               size_t index);
size_t keeper_rig_count(const struct keeper_rig *rig, const char *sandbox);
// The vault itself, as another program sees it. The caller closes it.
struct vault *keeper_rig_vault(const struct keeper_rig *rig);
// What is on disk of a sandbox (NULL: of all): how many rows; *first is the first of them.
size_t keeper_rig_on_disk(const struct keeper_rig *rig, const char *sandbox, struct credential *first);

#endif
