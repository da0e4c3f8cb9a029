// SPDX-License-Identifier: Apache-2.0
//
// host_key_pins: Keep one list of host keys for the whole program: sessions come and go.

#include "api/ssh/host_key_pins.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PINS_MAX = 4096 };

struct pin {
    struct pin *next;
    size_t name_length;
    char line[]; // "name type key\n"
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct pin *pins;
static size_t pin_count;

bool host_key_pins_add(const char *name, const char *type, const char *key_base64)
{
    size_t room = strlen(name) + strlen(type) + strlen(key_base64) + 4;
    struct pin *pin = malloc(sizeof *pin + room);
    if (pin == NULL)
        return false;
    pin->name_length = strlen(name);
    (void)snprintf(pin->line, room, "%s %s %s\n", name, type, key_base64);
    (void)pthread_mutex_lock(&lock);
    bool fits = pin_count < PINS_MAX;
    if (fits) {
        pin->next = pins;
        pins = pin;
        pin_count++;
    }
    (void)pthread_mutex_unlock(&lock);
    if (!fits)
        free(pin);
    return fits;
}

static bool is_of(const struct pin *pin, const char *name)
{
    return strlen(name) == pin->name_length && strncmp(pin->line, name, pin->name_length) == 0;
}

enum status host_key_pins_text(const char *name, struct bytebuf *text)
{
    enum status status = STATUS_OK;
    (void)pthread_mutex_lock(&lock);
    for (const struct pin *pin = pins; pin != NULL && status == STATUS_OK; pin = pin->next)
        if (is_of(pin, name))
            status = bytebuf_add_text(text, pin->line);
    (void)pthread_mutex_unlock(&lock);
    return status;
}

void host_key_pins_drop(const char *name)
{
    (void)pthread_mutex_lock(&lock);
    for (struct pin **link = &pins; *link != NULL;) {
        struct pin *pin = *link;
        if (!is_of(pin, name)) {
            link = &pin->next;
            continue;
        }
        *link = pin->next;
        free(pin);
        pin_count--;
    }
    (void)pthread_mutex_unlock(&lock);
}
