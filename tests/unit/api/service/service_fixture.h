// SPDX-License-Identifier: Apache-2.0
//
// service_fixture: Runs a service on a loop of its own against the emulator, for the tests of api/service.
// Each call here runs the loop until its callback has come, and fails the test when it does not come or comes
// twice.

#ifndef SBXDECK_TESTS_UNIT_API_SERVICE_SERVICE_FIXTURE_H
#define SBXDECK_TESTS_UNIT_API_SERVICE_SERVICE_FIXTURE_H

#include "api/service/credential_service.h"
#include "api/vault/vault.h"
#include "tests/support/support.h"

extern struct support_emulator service_fixture_emulator;
extern char service_fixture_top[SUPPORT_PATH_CAP]; // holds the vaults' folders

// What came of a call; its address is the ctx of the callbacks below.
struct service_fixture_answer {
    int calls;
    struct failure why;
    bool has_credential;
    struct credential credential;
    char password[128];
    char sandbox_id[ID_CAP];
};
void service_fixture_on_done(void *ctx, const struct failure *why);
void service_fixture_on_credential(void *ctx, const struct failure *why, const struct credential *credential);
void service_fixture_on_secret(void *ctx, const struct failure *why, struct secret *password);
void service_fixture_on_sandbox(void *ctx, const struct failure *why, const struct sandbox *sandbox);

struct service_fixture {
    uv_loop_t loop;
    struct credential_service *service;
    char folder[SUPPORT_PATH_CAP + 32];
    int changes, troubles;
    struct failure trouble; // the last
    int prune_h;            // of the next service_fixture_open, as are these
    int tools_credentials;
    int rate_limit, background_share; // 0: by default
    bool tools_start, tools_wake;
    struct service_fixture_answer answer;
};

// For each test: a folder; the emulator is the test's to start (options NULL-ended, added to six plain
// running sandboxes).
void service_fixture_begin(void);
void service_fixture_emulate(const char *const options[]);
void service_fixture_end(void);

// A service with the vault in top/name.
void service_fixture_open(struct service_fixture *fixture, const char *name, enum dialect dialect);
// The same, and reads the fleet.
void service_fixture_load(struct service_fixture *fixture, const char *name, enum dialect dialect);
// Starts the emulator, and a service in top/vault with the fleet; box: the id of its first sandbox.
void service_fixture_start(struct service_fixture *fixture, const char *const options[], enum dialect dialect,
                           char box[ID_CAP]);
// Frees it and runs the loop to its end; fails the test when anything stays on the loop.
void service_fixture_close(struct service_fixture *fixture);
void service_fixture_run_until(struct service_fixture *fixture, bool (*ready)(void *ctx), void *ctx);
void service_fixture_wait(struct service_fixture *fixture, struct service_fixture_answer *answer);

// Each gives the status of the answer in fixture->answer.
enum status service_fixture_refresh(struct service_fixture *fixture);
enum status service_fixture_create(struct service_fixture *fixture, const char *sandbox);
// A create that must succeed.
void service_fixture_made(struct service_fixture *fixture, const char *sandbox, struct credential *out);
enum status service_fixture_validate(struct service_fixture *fixture, const char *sandbox, const char *id);
enum status service_fixture_regenerate(struct service_fixture *fixture, const char *sandbox, const char *id);
enum status service_fixture_delete(struct service_fixture *fixture, const char *sandbox, const char *id);
enum status service_fixture_validate_all(struct service_fixture *fixture);
enum status service_fixture_password(struct service_fixture *fixture, int64_t row);
enum status service_fixture_forget(struct service_fixture *fixture, int64_t row);
enum status service_fixture_move(struct service_fixture *fixture, const char *sandbox,
                                 enum sandbox_move move);

// The vault's log can grow no more; and it can again.
void service_fixture_fill_disk(const struct service_fixture *fixture);
void service_fixture_free_disk(void);

// The id of the n-th sandbox; static until the list changes.
const char *service_fixture_sandbox(const struct service_fixture *fixture, size_t index);
// The n-th credential of a sandbox in the fleet; NULL: none.
const struct credential *service_fixture_credential(const struct service_fixture *fixture,
                                                    const char *sandbox, size_t index);
size_t service_fixture_count(const struct service_fixture *fixture, const char *sandbox);
// The vault itself, as another program sees it. The caller closes it.
struct vault *service_fixture_vault(const struct service_fixture *fixture);
// What is on disk of a sandbox (NULL: of all): how many rows; *first is the first of them.
size_t service_fixture_on_disk(const struct service_fixture *fixture, const char *sandbox,
                               struct credential *first);

#endif
