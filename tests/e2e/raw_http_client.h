// SPDX-License-Identifier: Apache-2.0
//
// raw_http_client: Send requests to the emulator's HTTP side by a bare socket, so that a test chooses every
// byte, also those that no proper client would send.

#ifndef SBXDECK_TESTS_E2E_RAW_HTTP_CLIENT_H
#define SBXDECK_TESTS_E2E_RAW_HTTP_CLIENT_H

#include "tests/support/support.h"

#include <cjson/cJSON.h>

struct ask {
    const char *method, *path;
    const char *body;   // NULL: none
    const char *key;    // NULL: the emulator's; "": no header
    const char *host;   // NULL: the emulator's
    const char *header; // one line more, with its CRLF; NULL: none
};

struct reply {
    int status; // 0: closed without an answer
    char *text; // the whole, ended by NUL
    const char *body;
    cJSON *json; // the body; NULL when there is none
};

// Sends and reads to the end. The test fails when there is no connection or nothing comes in time. The caller
// ends it by reply_free.
void ask(const struct support_emulator *emulator, const struct ask *ask, struct reply *reply);
void reply_free(struct reply *reply);
// In two steps, for what is to be under way at the same time: the socket, and what came on it.
int ask_send(const struct support_emulator *emulator, const struct ask *ask);
void ask_receive(int fd, struct reply *reply);
// Bytes as they are; the answer's too.
int ask_bytes(const struct support_emulator *emulator, const char *bytes, size_t length);

// The value of a header, ended by NUL; false when it is not there.
bool reply_header(const struct reply *reply, const char *name, char *value, size_t cap);
// One call whose status must be that one; its JSON (NULL: no body), of the caller to delete.
cJSON *ask_for(const struct support_emulator *emulator, int status, const char *method, const char *path,
               const char *body);
// One that is refused with that status and a message: this one, or any when it is NULL.
void ask_failing(const struct support_emulator *emulator, int status, const char *message, const char *method,
                 const char *path, const char *body);
// The items of a page, of the page; the test fails when it has none.
const cJSON *ask_items(const cJSON *page);
// A member's text; the test fails when it has none.
const char *ask_text(const cJSON *object, const char *name);
double ask_number(const cJSON *object, const char *name);

#endif
