// SPDX-License-Identifier: Apache-2.0
//
// http_alter: what the judge does to an answer of the API: to one field, to the whole body, or to HTTP.

#ifndef SBXDECK_TESTS_JUDGE_HTTP_ALTER_H
#define SBXDECK_TESTS_JUDGE_HTTP_ALTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum call {
    CALL_LIST,
    CALL_GET,
    CALL_CREATE,
    CALL_VALIDATE,
    CALL_REGEN,
    CALL_DELETE,
    CALL_START,
    CALL_STOP,
    CALL_PAUSE,
    CALL_NEW,
    CALL_REMOVE,
    CALL_OTHER,
    CALL_COUNT
};
const char *call_name(enum call call);
enum call call_of(const char *method, const char *path);

enum level { LEVEL_NONE, LEVEL_FIELD, LEVEL_BODY, LEVEL_HTTP, LEVEL_STATUS };

struct alteration {
    enum level level;
    enum call call; // whose answers
    size_t field;   // LEVEL_FIELD: in the fields of that call
    size_t kind;    // in the kinds of that level; LEVEL_STATUS: the status
    uint64_t random;
};

// How many there are of each.
size_t alter_field_count(enum call call);
size_t alter_field_kinds(void);
size_t alter_body_kinds(void);
size_t alter_http_kinds(void);
// "list: items.0.state = 10 KB".
void alter_name(const struct alteration *alteration, char *out, size_t cap);
// The field, NULL: none.
const char *alter_field(const struct alteration *alteration);

// An answer on its way: what is put on the wire, and how.
struct wire {
    int status;
    char *body; // of the API, then altered; malloc
    size_t length;
    char *bytes; // what is sent; malloc
    size_t size;
    int delay_ms;   // before anything is sent
    int trickle_ms; // between bytes
    bool before;    // the request is not passed on
    bool reset;     // ended by RST
    // Facts for the verdict. whole: a client that is no pedant gets status and body as they are here. lost:
    // no client can. sound: the body is JSON, and its other fields have to be understood.
    bool whole, lost, sound;
};

// Whether the request is passed on at all.
bool alter_passes(const struct alteration *alteration);
// From status and body of the API to the bytes. alteration NULL: none. False: out of memory.
bool alter_apply(const struct alteration *alteration, struct wire *wire);
void wire_free(struct wire *wire);

// A number that depends on both alone.
uint64_t alter_random(uint64_t seed, uint64_t n);

#endif
