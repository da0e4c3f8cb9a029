// SPDX-License-Identifier: Apache-2.0
//
// http_wire: status and body → the bytes of an answer, right or as no server should send them.

#ifndef SBXDECK_TESTS_JUDGE_HTTP_WIRE_H
#define SBXDECK_TESTS_JUDGE_HTTP_WIRE_H

#include "tests/judge/http_alter.h"

// Of an alteration of HTTP; of a status: what comes with it.
const char *wire_name(const struct alteration *alteration);
const char *wire_status_body(const struct alteration *alteration);
// Fills wire->bytes and how they are sent. False: out of memory.
bool wire_make(const struct alteration *alteration, struct wire *wire);

enum { JUDGE_TIMEOUT_MS = 2000 }; // what the program under judgement is told to wait for an answer

#endif
