// SPDX-License-Identifier: Apache-2.0
//
// phrases: parts of sentences that several wings show: counts, ends, hosts, the ssh command, why a move
// failed.

#ifndef SBXDECK_VIEWS_LABELS_PHRASES_H
#define SBXDECK_VIEWS_LABELS_PHRASES_H

#include "api/fleet/fleet.h"
#include "api/ssh/ssh_target.h"

#include <stddef.h>
#include <stdint.h>

// Why a move of that sandbox (NULL: it is not known any more) did not go well, with the key that helps in the
// state that it is in as the way out.
void phrase_move_failure(const struct failure *why, const struct fleet_row *row, struct failure *out);

// The host (and port) of a base URL, for the header and for messages. Returns out.
char *phrase_host(const char *base_url, char *out, size_t cap);
// The command that opens a shell there, made of checked parts only: what came from the network may hold more
// and is never handed on. Returns out.
char *phrase_ssh_command(const struct ssh_target *target, char *out, size_t cap);
// "ends in 1h", or that its expiry is not known or has passed. Returns out.
enum { PHRASE_END_CAP = 32 };
char *phrase_end(const struct credential *credential, int64_t now_ms, char out[PHRASE_END_CAP]);
// "db-test (sbx-1f2e)": its name and its id; the id alone where it has no name. Returns out.
enum { PHRASE_SANDBOX_CAP = LABEL_NAME_CAP + ID_CAP + 4 };
char *phrase_sandbox(const struct fleet *fleet, const char *sandbox_id, char out[PHRASE_SANDBOX_CAP]);
// "1 session", "2 sessions". Returns out.
char *phrase_count(size_t count, const char *one, const char *many, char *out, size_t cap);

#endif
